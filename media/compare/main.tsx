import { render } from 'preact';
import '../shared/panel.css';
import './style.css';
import { connect } from '../shared/host.ts';
import { followTheme } from '../shared/theme.ts';
import { describe, onCompare, onLine } from './store.ts';
import { ComparePanel } from './view.tsx';

followTheme();
render(<ComparePanel />, document.body);
connect({ compare: onCompare, line: onLine, describe });
