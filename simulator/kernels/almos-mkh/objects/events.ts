/** 8.7: what this kernel counts beyond the common events: each service by its name. */
import { countedShapes, type FieldsOfEvent } from '../../../hardware/event-shapes.ts';
import { ownEvents, type OwnKind } from '../../../hardware/own-events.ts';
import { rpcNames, type RpcName } from './rpc-calls.ts';

type RpcEvents = { readonly [N in RpcName as `rpc:${N}`]: typeof countedShapes.rpc };

const shapes = Object.fromEntries(rpcNames.map((name) => [`rpc:${name}`, countedShapes.rpc])) as RpcEvents;

export const almosEvents = ownEvents(shapes);

export const Own: Readonly<Record<`rpc:${RpcName}`, OwnKind<FieldsOfEvent<'rpc'>>>> = almosEvents.kinds;
