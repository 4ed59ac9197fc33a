/** The selected page: its frame, its entry, who else has it, and how it came to be so. */
import type { ComponentChildren, JSX } from 'preact';
import type { Mapping, PageReply } from '../protocol/messages.ts';
import { clusterText, countText, hex, pageText } from '../shared/format.ts';
import { send } from '../shared/host.ts';
import { kindStyle } from './summary.tsx';

export function Card({
  vpn,
  page,
  onClose,
}: {
  vpn: number;
  page: PageReply | null;
  onClose: () => void;
}): JSX.Element {
  const bits = page?.context.addressBits ?? 32;
  return (
    <section class="card" aria-label="Selected page">
      <h2>
        Page <code>{pageText(vpn, bits)}</code>
        {page?.region !== undefined && page.region !== null && (
          <>
            {' '}
            in <span style={kindStyle(page.region.kind)}>{page.region.name}</span>
          </>
        )}
        {page !== null && <Author page={page} />}
        <button type="button" class="close" aria-label="Close" title="Close (Escape)" onClick={onClose}>
          ×
        </button>
      </h2>
      {page !== null && <Facts page={page} />}
      {page !== null && page.why.length > 0 && <Why page={page} />}
    </section>
  );
}

function author(page: PageReply): number {
  return page.why.findLast((cause) => cause.line > 0)?.line ?? 0;
}

/** The statement that last changed the page. */
function Author({ page }: { page: PageReply }): JSX.Element | null {
  const line = author(page);
  if (line === 0) return null;
  return (
    <span class="author">
      {' · '}
      <Source page={page} line={line} />
    </span>
  );
}

function Source({ page, line }: { page: PageReply; line: number }): JSX.Element {
  const source = page.sources?.[line] ?? '';
  return (
    <>
      {source !== '' && <code class="source">{source}</code>} <Line line={line} />
    </>
  );
}

function Line({ line }: { line: number }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      title="Show in the scenario"
      onClick={() => {
        send({ type: 'reveal', line });
      }}
    >
      line {line}
    </button>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ page }: { page: PageReply }): JSX.Element {
  const { entry, frame, previous } = page;
  return (
    <dl>
      <Fact label="frame">
        {frame === null ? (
          page.guard ? (
            'none: a guard page, never mapped'
          ) : (
            'none: not resident'
          )
        ) : (
          <>
            <code>{hex(frame.ppn)}</code>
            {page.context.clusters > 1 && ` in cluster ${clusterText(frame.cluster)}`}
            {`, ${frame.state}`}
            {frame.forks > 0 && `, ${countText(frame.forks, 'pending fork')}`}
          </>
        )}
      </Fact>
      <Fact label="entry">
        {entry === null ? 'no table for it yet' : <code>{entry.words.join(' ')}</code>}
        {entry?.present === true && <span class="set-bits"> {setBits(page)}</span>}
      </Fact>
      {previous !== null && (
        <Fact label="was">
          {previous.present ? (
            <>
              <code>{previous.words.join(' ')}</code>, frame <code>{hex(previous.ppn)}</code>
            </>
          ) : (
            'not mapped'
          )}
        </Fact>
      )}
      <Fact label="mapped by">{frame === null ? 'nobody' : mappers(frame.mappedBy, page)}</Fact>
    </dl>
  );
}

function setBits(page: PageReply): string {
  return (page.entry?.bits ?? [])
    .filter((bit) => bit.set)
    .map((bit) => bit.name)
    .join(' ');
}

function mappers(mappings: readonly Mapping[], page: PageReply): string {
  if (mappings.length === 0) return 'nobody';
  const one = ({ process, cluster, vpn, cow }: Mapping) =>
    [
      process,
      ...(page.context.clusters > 1 ? [clusterText(cluster)] : []),
      ...(vpn === page.vpn ? [] : [`at ${pageText(vpn, page.context.addressBits)}`]),
      ...(cow ? ['(copy-on-write)'] : []),
    ].join(' ');
  return mappings.map(one).join(' · ');
}

function Why({ page }: { page: PageReply }): JSX.Element {
  return (
    <ol class="why" aria-label="Why">
      {page.why.map((cause, index) => (
        <li key={`${String(cause.step)} ${cause.event} ${cause.text}`}>
          <div>
            <span>
              {cause.text}
              {cause.line > 0 && cause.line !== page.why[index - 1]?.line && cause.line !== author(page) && (
                <>
                  {' — '}
                  <Source page={page} line={cause.line} />
                </>
              )}
            </span>
            <span class="when">cycle {cause.cycle.toLocaleString('en-US')}</span>
          </div>
        </li>
      ))}
    </ol>
  );
}
