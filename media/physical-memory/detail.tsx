/** The selected frame: who maps it, what happened to it, what is in it. */
import type { JSX } from 'preact';
import type { FrameDetailModel, Mapping } from '../protocol/messages.ts';
import { addressText, clusterText, countText, hex } from '../shared/format.ts';
import { send } from '../shared/host.ts';
import { hueOf, initials } from '../shared/owners.ts';
import type { MapFacts } from './cells.ts';
import { select, showMapping } from './store.ts';

interface DetailProps {
  readonly detail: FrameDetailModel;
  readonly facts: MapFacts;
}

export function FrameDetail({ detail, facts }: DetailProps): JSX.Element {
  const isMesh = facts.banks.length > 1;
  return (
    <section class="detail" aria-label="Selected frame">
      <h2>
        Frame <code>{hex(detail.ppn)}</code>
        <span class="what">{whatText(detail, isMesh)}</span>
        <button
          type="button"
          class="close"
          aria-label="Close"
          title="Close (Escape)"
          onClick={() => {
            select(null);
          }}
        >
          ×
        </button>
      </h2>
      <div class="columns">
        <Mappings detail={detail} facts={facts} isMesh={isMesh} />
        <History detail={detail} />
      </div>
      <pre class="bytes" aria-label="First bytes" tabIndex={0}>
        {`${hex(detail.address, 6)}  ${bytesText(detail.bytes)}  ${lettersText(detail.bytes)}`}
      </pre>
    </section>
  );
}

function whatText(detail: FrameDetailModel, isMesh: boolean): string {
  const { content, state, order, refs, forks, cluster, tableOf } = detail;
  const place = isMesh ? ` in ${clusterText(cluster)}` : '';
  switch (content) {
    case 'free':
      return `${state}${place}${order > 0 ? `, in a block of order ${String(order)}` : ''}`;
    case 'table':
      return `page table${tableOf.length === 0 ? '' : ` of ${tableOf.join(', ')}`}${place}`;
    case 'kernel':
      return `${state}${place}: the kernel’s own`;
    case 'data': {
      const pending = forks > 0 ? `, ${countText(forks, 'fork')} pending` : '';
      return `${state}${place}, ${countText(refs, 'reference')}${pending}`;
    }
  }
}

function Mappings({ detail, facts, isMesh }: DetailProps & { isMesh: boolean }): JSX.Element {
  const names = initials(facts.processes);
  return (
    <div>
      <h3>Mapped by</h3>
      {detail.mappedBy.length === 0 && <p class="none">nobody</p>}
      <ul>
        {detail.mappedBy.map((mapping) => (
          <li key={`${mapping.process} ${String(mapping.cluster.index)} ${String(mapping.vpn)}`}>
            <i
              class="frame data"
              aria-hidden="true"
              style={{ '--one': `var(--kind-${hueOf(facts.processes.indexOf(mapping.process))})` }}
            >
              {names.get(mapping.process) ?? '?'}
            </i>
            <span>
              {mapping.process}
              {isMesh && <small> {clusterText(mapping.cluster)}</small>}
            </span>
            <button
              type="button"
              class="link"
              title="Show in the other panels"
              onClick={() => {
                showMapping(mapping);
              }}
            >
              <code>{addressText(mapping.vpn * 4096, facts.addressBits)}</code>
            </button>
            <span class="rights">{rightsText(mapping)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function rightsText({ writable, cow }: Mapping): string {
  return `${writable ? 'writable' : 'read-only'}${cow ? ', copy-on-write' : ''}`;
}

function History({ detail }: { detail: FrameDetailModel }): JSX.Element {
  return (
    <div>
      <h3>History</h3>
      {detail.history.length === 0 && <p class="none">nothing since this panel was opened</p>}
      <ol>
        {detail.history.map(({ step, text, thread, line }, index) => (
          <li key={index}>
            <span class="step" title="Step of the run">
              {step.toLocaleString('en-US')}
            </span>
            <span>
              {text}
              {thread !== '' && <small> by {thread}</small>}
            </span>
            {line > 0 && (
              <button
                type="button"
                class="link"
                onClick={() => {
                  send({ type: 'reveal', line });
                }}
              >
                line {line}
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

function bytesText(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function lettersText(bytes: readonly number[]): string {
  return bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}
