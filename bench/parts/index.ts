import type { Part } from "../support/part.ts";
import { bulk } from "./bulk.ts";
import { burst } from "./burst.ts";
import { calm } from "./calm.ts";
import { load } from "./load.ts";
import { sends } from "./sends.ts";
import { store } from "./store.ts";
import { webhook } from "./webhook.ts";

/** In the order in which they are measured and shown. */
export const parts: readonly Part[] = [sends, bulk, burst, calm, webhook, store, load];
