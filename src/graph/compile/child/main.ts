/** The compiler process: writes a checkpoint's graph and weights. Started by graph/compile/compiler.ts, never imported. */
import { serveCalls } from '../../../platform/process/serve-calls.ts';
import { Compilation } from '../compilation.ts';
import { CompileCall, type CompileRequest, type CompileSteps } from '../protocol.ts';

let compilation: Compilation | undefined;

serveCalls({
  [CompileCall.plan]: async (payload) => {
    // The parent is this same program: what it sends has the type it says.
    compilation = await Compilation.begin(JSON.parse(payload.toString()) as CompileRequest);
    const { steps, norms } = compilation;
    return Buffer.from(JSON.stringify({ steps, norms } satisfies CompileSteps));
  },
  [CompileCall.write]: async (payload) => {
    await begun().write(Number(payload.toString()));
    return Buffer.alloc(0);
  },
  [CompileCall.finish]: async () => {
    await begun().finish();
    return Buffer.alloc(0);
  },
});

function begun(): Compilation {
  if (compilation === undefined) throw new Error('nothing was planned yet');
  return compilation;
}
