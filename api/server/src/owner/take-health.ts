import type { DeviceHealth, Health } from '@kubeplant/proto';
import type { DeviceHealthView } from '../ports.ts';
import type { Session } from './session.ts';
import type { ShardLink, StreamState } from './shard-link.ts';

const MAX_REJECTED = 20;

/** What a collector says of itself and, where it is the active one, of its devices. */
export function takeHealth(session: Session, link: ShardLink, stream: StreamState, health: Health): void {
  stream.problem = health.problem;
  if (stream.heldBlocks !== health.heldBlocks) session.changed();
  stream.heldBlocks = health.heldBlocks;
  if (link.holder !== stream) return; // whoever stands by does not know how the field answers
  stream.reportBeats = 0;
  if (health.configRevision !== '') link.configRevision = health.configRevision;
  const nowUs = session.deps.nowUs();
  const back: string[] = [];
  for (const device of health.devices) {
    if (!session.catalogue.devicesOf(link.shard).has(device.device)) continue;
    if (session.setHealth(device.device, toView(link.shard, device, nowUs / 1000))) back.push(device.device);
    session.setConnected(device.device, device.connected);
  }
  session.tellHealth(
    health.devices.map(({ device }) => device),
    back,
  );
  session.changed();
}

function toView(shard: string, device: DeviceHealth, nowMs: number): DeviceHealthView {
  const { revision, connected, dataFlowing, reason, message, tags, badTags } = device;
  return {
    shard,
    revision,
    connected,
    dataFlowing,
    reason,
    message,
    tags,
    badTags,
    rejected: device.rejected.slice(0, MAX_REJECTED),
    sinceMs: nowMs,
  };
}
