import type { Provider } from "../provider.ts";
import { conectaline } from "./conectaline/index.ts";
import { connectus } from "./connectus/index.ts";
import { smshosting } from "./smshosting/index.ts";

/** Every provider that the package knows, in the order in which forms offer them. Adding one is one line here. */
export const providers: readonly Provider[] = [connectus, smshosting, conectaline];
