import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Run } from '@kubeplant/proto';
import { connectCollector } from '../../../api/server/src/ingest/collector.fixture.ts';
import { nodeFileSystem } from '../../../collectors/core/src/log/node-file-system.ts';
import { readSegment } from '../../../collectors/core/src/log/read-segment.ts';
import type { Rig } from './rig.ts';

/** Long enough for a commit of what was sent. */
const TAKEN_MS = 1500;

/** Send all blocks that lie in a collector's log again, committed or not, as another collector that does not listen to what is committed. */
export async function replayBlocks({ shard, files, proxies, bufferOf }: Rig, name: string): Promise<number> {
  const folder = bufferOf(name);
  const collector = connectCollector({
    ...{ port: proxies.ingest.port, caPem: readFileSync(files.ca, 'utf8') },
    ...{ token: shard.token, tenant: shard.tenant, site: shard.site },
  });
  try {
    const segments = readdirSync(folder).filter((each) => each.endsWith('.seg'));
    const runs = [...new Set(segments.map((segment) => segment.replace(/-\d+\.seg$/, '')))];
    await collector.hello({ shard: shard.shard, instance: 'replay', runs });
    let blocks = 0;
    for (const segment of segments) {
      const path = join(folder, segment);
      for await (const item of readSegment({ fs: nodeFileSystem, path, until: statSync(path).size })) {
        if (item.kind !== 'record') continue;
        if (item.header.kind === 'run') collector.send({ $case: 'run', value: Run.decode(item.payload) });
        else {
          collector.send({ $case: 'block', value: Buffer.from(item.payload) });
          blocks += 1;
        }
      }
    }
    await sleep(TAKEN_MS);
    return blocks;
  } finally {
    collector.close();
  }
}
