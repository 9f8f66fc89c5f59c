// The same random cases in every run, so that a change is judged by itself; FC_SEED=7 tries others.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });
