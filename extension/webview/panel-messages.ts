/**
 * What a webview posts is untrusted: anything that gets a script into its page can post anything. Every message is
 * checked against the union of `FromPanel` here, and what is passed on is a copy that holds the known fields alone.
 */
import type {
  Choice,
  Description,
  FromPanel,
  PageSelection,
  Request,
  RequestName,
  Requests,
} from '../../media/protocol/messages.ts';
import { markKinds } from '../../media/protocol/messages.ts';

/** Gives the checked copy of a value, or throws `WrongMessage`. `at` names the value in the error. */
type Read<T> = (value: unknown, at: string) => T;
type Fields<T> = { readonly [K in keyof T]-?: Read<Given<T[K]>> };
type Given<T> = Exclude<T, undefined>;
type Kind = FromPanel['type'];
type MessageOf<K extends Kind> = Extract<FromPanel, { readonly type: K }>;

/** Its text says which field is wrong and what belongs there; it repeats nothing of what was sent. */
export class WrongMessage extends Error {
  override readonly name = 'WrongMessage';
}

const LONGEST_TEXT = 10_000;
const MOST_LINES = 100_000;

/** Throws `WrongMessage` for what no panel sends. */
export function readMessage(value: unknown): FromPanel {
  const type = fieldOf(objectAt(value, 'the message'), 'type');
  const reader = typeof type === 'string' && Object.hasOwn(messages, type) ? messages[type as Kind] : null;
  if (reader === null) throw new WrongMessage('its type is unknown');
  return reader(value, '');
}

const whole =
  (least: number, most: number): Read<number> =>
  (value, at) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new WrongMessage(`${at} has to be a whole number from ${String(least)} to ${String(most)}`);
  };

const text: Read<string> = (value, at) => {
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
  throw new WrongMessage(`${at} has to be a text of at most ${String(LONGEST_TEXT)} characters`);
};

function oneOf<const T extends string>(...known: readonly T[]): Read<T> {
  return (value, at) => {
    const found = known.find((one) => one === value);
    if (found !== undefined) return found;
    throw new WrongMessage(`${at} has to be one of ${known.join(', ')}`);
  };
}

const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, at) =>
    value === null ? null : read(value, at);

/** A field that may be missing: `fields` leaves it out then. */
const optional =
  <T>(read: Read<T>): Read<T> =>
  (value, at) =>
    value === undefined ? (undefined as T) : read(value, at);

const listOf =
  <T>(read: Read<T>, most: number): Read<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > most)
      throw new WrongMessage(`${at} has to be a list of at most ${String(most)}`);
    return Array.from(value, (item, index) => read(item, `${at}[${String(index)}]`));
  };

/** An object with these fields and no others. An optional field that is missing is missing in the copy, too. */
function fields<T extends object>(known: Fields<T>): Read<T> {
  return (value, at) => {
    const object = objectAt(value, at === '' ? 'the message' : at);
    const isForeign = Reflect.ownKeys(object).some((name) => !Object.hasOwn(known, name));
    if (isForeign) throw new WrongMessage(`${at === '' ? 'it' : at} has a field that is not known`);
    const read = Object.keys(known).map((name) => {
      const readField = known[name as keyof T] as Read<unknown>;
      return [name, readField(fieldOf(object, name), at === '' ? name : `${at}.${name}`)] as const;
    });
    return Object.fromEntries(read.filter(([, field]) => field !== undefined)) as T;
  };
}

function objectAt(value: unknown, at: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new WrongMessage(`${at} has to be an object`);
}

/** Its own and plain: never what stands in a prototype, and never what a getter makes up. */
function fieldOf(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value as unknown;
}

const highest = Number.MAX_SAFE_INTEGER;
const count = whole(0, highest);
const cluster = whole(0, 0xffff);
const choice: Fields<Choice> = { process: optional(text), cluster: optional(cluster) };

const selection = fields<PageSelection>({ process: text, cluster, vpn: count });

/** For each question of a panel the fields that it may have. */
const questions: { readonly [K in RequestName]: Read<Requests[K]['args']> } = {
  addressSpace: fields<Requests['addressSpace']['args']>({ ...choice, buckets: optional(count) }),
  pageTable: fields<Requests['pageTable']['args']>({
    ...choice,
    start: count,
    count,
    filter: optional(oneOf('present', 'all', 'cow', 'dirty', 'elsewhere', 'changed')),
    find: optional(count),
  }),
  page: fields<Requests['page']['args']>({ ...choice, vpn: count }),
  translate: fields<Requests['translate']['args']>({ ...choice, address: count }),
  frames: fields({ cluster, start: count, count }),
  frameMap: fields<Requests['frameMap']['args']>({
    cluster: optional(cluster),
    perRow: whole(1, 256),
    start: count,
    count,
    find: optional(count),
  }),
  frame: fields({ cluster, page: count }),
  machine: fields<Requests['machine']['args']>({ cluster: optional(cluster) }),
  timeline: fields<Requests['timeline']['args']>({
    from: count,
    to: count,
    buckets: whole(1, 4096),
    sumFrom: optional(count),
    sumTo: optional(count),
  }),
  timelineMoment: fields({ step: count }),
  timelineFind: fields<Requests['timelineFind']['args']>({
    step: count,
    direction: oneOf('next', 'previous'),
    kind: optional(oneOf(...markKinds)),
  }),
  kernelViews: fields<Requests['kernelViews']['args']>({ ...choice, around: optional(count) }),
  evaluate: fields({ expression: text }),
};

const description = fields<Description>({
  panel: oneOf('addressSpace', 'pageTable', 'kernel', 'compare', 'physicalMemory', 'cluster', 'timeline'),
  session: oneOf('none', 'starting', 'running', 'stopped', 'ended'),
  process: orNull(text),
  cluster: orNull(text),
  stop: orNull(count),
  lines: listOf(text, MOST_LINES),
  selected: orNull(count),
  message: orNull(text),
});

const request: Read<Request> = (value, at) => {
  const { command, args, ...rest } = fields<Record<'type' | 'id' | 'command' | 'args', unknown>>({
    type: oneOf('request'),
    id: count,
    command: oneOf(...(Object.keys(questions) as RequestName[])),
    args: objectAt,
  })(value, at) as { type: 'request'; id: number; command: RequestName; args: object };
  return { ...rest, command, args: questions[command](args, 'args') };
};

const messages: { readonly [K in Kind]: Read<MessageOf<K>> } = {
  ready: fields<MessageOf<'ready'>>({ type: oneOf('ready') }),
  select: fields<MessageOf<'select'>>({ type: oneOf('select'), selection }),
  reveal: fields<MessageOf<'reveal'>>({ type: oneOf('reveal'), line: whole(0, highest) }),
  compare: fields<MessageOf<'compare'>>({ type: oneOf('compare'), action: oneOf('again', 'cancel', 'choose') }),
  seek: fields<MessageOf<'seek'>>({ type: oneOf('seek'), position: fields({ statement: count, step: count }) }),
  showMemory: fields<MessageOf<'showMemory'>>({ type: oneOf('showMemory'), cluster }),
  start: fields<MessageOf<'start'>>({ type: oneOf('start') }),
  description: fields<MessageOf<'description'>>({ type: oneOf('description'), id: count, description }),
  request,
};
