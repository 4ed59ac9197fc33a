import { render } from 'preact';
import '../shared/panel.css';
import './style.css';
import { connect } from '../shared/host.ts';
import { followTheme } from '../shared/theme.ts';
import { describe, onSession } from './store.ts';
import { TimelinePanel } from './view.tsx';

followTheme();
render(<TimelinePanel />, document.body);
connect({ session: onSession, describe });
