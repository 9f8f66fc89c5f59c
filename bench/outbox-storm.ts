/**
 * The outbox in a storm: messages pour into a real Node-RED that is killed (kill -9) again and again, while its provider
 * answers badly. Prints what was lost, doubled and in doubt, and fails when that is more than is promised.
 *
 *   node bench/outbox-storm.ts --messages 10000 --on-unknown hold --life-ms 1000 --faulty 0.1 --provider connectus
 *
 * `--on-unknown` is hold, resend or check (then with `--provider smshosting`, which can be asked). To be run after a build.
 */
import { raiseStorm, stormOptions } from "./raise-storm.ts";

process.exitCode = (await raiseStorm(stormOptions(process.argv.slice(2)))) ? 0 : 1;
