import { render } from 'preact';
import '../shared/panel.css';
import './style.css';
import { connect } from '../shared/host.ts';
import { followTheme } from '../shared/theme.ts';
import { describe, onLinkedSelection, onSession } from './store.ts';
import { ClusterPanel } from './view.tsx';

followTheme();
render(<ClusterPanel />, document.body);
connect({ session: onSession, select: onLinkedSelection, describe });
