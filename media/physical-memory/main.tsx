import { render } from 'preact';
import '../shared/panel.css';
import './style.css';
import { connect } from '../shared/host.ts';
import { followTheme } from '../shared/theme.ts';
import { describe, onLinkedSelection, onSession, setCluster } from './store.ts';
import { PhysicalMemoryPanel } from './view.tsx';

followTheme();
render(<PhysicalMemoryPanel />, document.body);
connect({ session: onSession, select: onLinkedSelection, cluster: setCluster, describe });
