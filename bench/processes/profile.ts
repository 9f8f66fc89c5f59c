import { mkdir, writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { join } from "node:path";

/** Where a profile of each measured run goes, for Chrome's developer tools; none when it is not set. */
const FOLDER = process.env.BENCH_PROFILE;

/** Does the work, and writes down where its time went. */
export async function profiled<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  if (!FOLDER) return work();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  const value = await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}-${Date.now()}.cpuprofile`), JSON.stringify(profile));
  return value;
}
