/** The server of `bench/download.ts`, a process of its own: who sends must not take turns with who receives. */
import { seededContent } from '../../test/support/fake-hub/content.ts';
import { startFakeHub } from '../../test/support/fake-hub/fake-hub.ts';
import type { LinkSpeed } from '../../test/support/fake-hub/pace.ts';

const [size = '0', speed = '{}'] = process.argv.slice(2);
const hub = await startFakeHub();
hub.limit(JSON.parse(speed) as LinkSpeed);
process.send?.(hub.publish('/blob', seededContent('download', Number(size))).href);
process.once('disconnect', () => hub.kill());
