import { parentPort, workerData } from "node:worker_threads";
import { MessagingError } from "../../error.ts";
import { Database, type Call } from "./database.ts";
import type { FromWorker, SentError, ToWorker, WorkerSettings } from "./protocol.ts";

/* The thread that owns the file. What comes in while it is at work is carried out together, next. */

const port = parentPort;
if (port) start((message) => port.postMessage(message));

function start(tell: (message: FromWorker) => void): void {
  let database: Database;
  try {
    database = new Database(workerData as WorkerSettings, (setAside) => tell({ setAside }));
  } catch (error) {
    return tell({ unusable: asSent(error) });
  }
  let waiting: Call[] = [];
  const carryOut = () => {
    const calls = waiting;
    waiting = [];
    if (calls.length > 0) database.carryOut(calls);
  };
  port?.on("message", (message: ToWorker) => {
    if ("close" in message) {
      carryOut();
      database.close();
      return port.close();
    }
    const { id, method, parameters } = message;
    if (waiting.length === 0) setImmediate(carryOut);
    waiting.push({
      method,
      parameters,
      resolve: (answer) => tell({ id, answer }),
      reject: (error) => tell({ id, error: asSent(error) }),
    });
  });
  const { setAside } = database;
  tell({ opened: true, ...(setAside !== undefined && { setAside }) });
}

function asSent(error: unknown): SentError {
  if (error instanceof MessagingError) return { message: error.message, failure: error.cause };
  return { message: error instanceof Error ? error.message : String(error) };
}
