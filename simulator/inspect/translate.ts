/** An address cut into the page table's index fields, and the walk that translates it. */
import { tableIndex } from '../hardware/layouts/entry-fields.ts';
import { pagingFormat } from '../hardware/layouts/formats.ts';
import type { LevelFormat } from '../hardware/layouts/paging-format.ts';
import { inspectWalk, type EntryView } from '../hardware/page-table-walker.ts';
import { addressOfPpn, high32, pageOffset, PAGE_SHIFT, vpnOf } from '../hardware/word.ts';
import { contextOf, findSubject, type Target } from './context.ts';
import { frameClusterName, wordTexts } from './entry.ts';
import { InspectError } from './inspect-error.ts';
import type { AddressField, TranslateModel, WalkStep } from './models.ts';
import type { Inspection } from './inspection.ts';

export function translate(inspection: Inspection, target: Target, address: number): TranslateModel {
  const subject = findSubject(inspection, target);
  if (subject === null) throw new InspectError('there is no process yet, so there is nothing to translate with');
  if (subject.ended !== null) {
    throw new InspectError(`process '${subject.process.name}' has ended: nothing translates its addresses any more`);
  }
  const walk = inspectWalk(inspection.machine, subject.scan.root, address);
  const last = walk.at(-1);
  const ppn = last?.present === true && !last.reserved ? last.ppn : null;
  return {
    context: contextOf(inspection, subject),
    address,
    fields: addressFields(inspection, address, walk),
    walk: walk.map((view, depth) => walkStep(inspection, view, address, depth === walk.length - 1)),
    physical: ppn === null ? null : addressOfPpn(ppn, pageOffset(address)),
    frameCluster: ppn === null ? null : frameClusterName(inspection, ppn),
  };
}

/** A big page ends the walk early: what would have been further indices is part of the offset. */
function addressFields(inspection: Inspection, address: number, walk: readonly EntryView[]): AddressField[] {
  const { levels, addressBits } = pagingFormat(inspection.machine.config.paging);
  const last = walk.at(-1);
  const used = last?.big === true ? levels.slice(0, last.level) : levels;
  let high = addressBits - 1;
  const fields = used.map((level): AddressField => {
    const lowBit = level.shift + PAGE_SHIFT;
    const field = {
      name: level.indexName,
      doc: `entry of ${level.name}`,
      highBit: high,
      lowBit,
      value: indexIn(level, address),
    };
    high = lowBit - 1;
    return field;
  });
  return [
    ...fields,
    { name: 'offset', doc: 'in the page', highBit: high, lowBit: 0, value: address % 2 ** (high + 1) },
  ];
}

function indexIn(level: LevelFormat, address: number): number {
  const vpn = vpnOf(address);
  return tableIndex(level, vpn >>> 0, high32(vpn));
}

function walkStep(inspection: Inspection, view: EntryView, address: number, isLast: boolean): WalkStep {
  const level = pagingFormat(inspection.machine.config.paging).levels[view.level - 1] as LevelFormat;
  return {
    table: view.table,
    index: indexIn(level, address),
    address: view.address,
    words: wordTexts(inspection, view.words),
    outcome: !view.present ? 'absent' : view.reserved ? 'reserved' : isLast ? 'page' : 'table',
  };
}
