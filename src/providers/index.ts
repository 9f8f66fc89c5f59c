import type { Provider } from "../provider.ts";
import { connectus } from "./connectus/index.ts";

/** Every provider that the package knows, in the order in which forms offer them. Adding one is one line here. */
export const providers: readonly Provider[] = [connectus];
