/** The address on top of the panel, cut into the indices that the walk uses, with what each step finds. */
import type { JSX } from 'preact';
import type { AddressField, TranslateModel } from '../protocol/messages.ts';
import { addressText, clusterText, hex } from '../shared/format.ts';

export function AddressSplit({ model }: { model: TranslateModel }): JSX.Element {
  const { fields, walk, physical, context } = model;
  return (
    <section class="split" aria-label={`Translation of ${hex(model.address)}`}>
      <div class="part whole">
        <code>{addressText(model.address, context.addressBits)}</code>
        <small>virtual address</small>
      </div>
      {fields.map((field, index) => (
        <div class="part" key={field.name} style={{ flexGrow: field.highBit - field.lowBit + 10 }}>
          <code>{binary(field)}</code>
          <small>
            {field.name} = {hex(field.value)}
          </small>
          {index < fields.length - 1 && <small class="found">{stepText(model, index)}</small>}
        </div>
      ))}
      <div class={`part result ${physical === null ? 'absent' : ''}`}>
        <code>{physical === null ? 'no translation' : physicalText(physical, context.clusters > 1)}</code>
        <small>{physical === null ? absentText(model) : `physical${clusterOf(model)}`}</small>
      </div>
      <span class="visually-hidden">
        {walk.map((step) => `${step.table}[${hex(step.index)}] ${step.outcome}`).join(', ')}
      </span>
    </section>
  );
}

/** `0000 0010 000`, in groups so that bits can be counted. */
function binary({ value, highBit, lowBit }: AddressField): string {
  const width = highBit - lowBit + 1;
  if (width > 12) return hex(value);
  return value.toString(2).padStart(width, '0');
}

function stepText({ walk, fields }: TranslateModel, index: number): string {
  const step = walk[index];
  if (step === undefined) return fields[index]?.doc ?? '';
  if (step.outcome === 'absent') return `${step.table}: no entry`;
  return `${step.table} → ${step.words.join(' ')}${step.outcome === 'reserved' ? ' (reserved)' : ''}`;
}

function absentText({ walk }: TranslateModel): string {
  const last = walk.at(-1);
  if (last === undefined) return 'no table';
  return last.outcome === 'reserved' ? `${last.table}: the entry is reserved` : `${last.table} has no entry`;
}

/** With all its digits where the first ones name the cluster. */
function physicalText(physical: number, isWide: boolean): string {
  return `0x${physical
    .toString(16)
    .padStart(isWide ? 10 : 8, '0')
    .replace(/\B(?=(.{4})+$)/g, ' ')}`;
}

function clusterOf({ frameCluster, context }: TranslateModel): string {
  return frameCluster === null || context.clusters === 1 ? '' : `, cluster ${clusterText(frameCluster)}`;
}
