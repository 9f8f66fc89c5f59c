/** What a report, and what is known of its message, name it by. */
export interface Naming {
  readonly id?: string | undefined;
  readonly reference?: string | undefined;
  readonly to?: string | undefined;
}

/** The names of one message: by which it may have been remembered, and by which it is to be remembered. */
export interface Names {
  readonly asked: readonly string[];
  readonly kept: readonly string[];
}

/**
 * A provider may name one message by its id in one report, and by reference and number in the next. An id or a reference that
 * comes with a number may be that of a whole delivery, so it names a message by itself only where it once came alone.
 */
export function namesOf(scope: readonly string[], { id, reference, to }: Naming): Names {
  const name = (...parts: string[]) => JSON.stringify([...scope, ...parts]);
  if (to === undefined) {
    if (id === undefined) return only(name("reference", reference ?? ""));
    return { asked: [name("id alone", id), name("id", id)], kept: [name("id alone", id)] };
  }
  const both = reference === undefined ? [] : [name("reference and number", reference, to)];
  if (id === undefined) return { asked: both, kept: both };
  const exact = [name("id and number", id, to), ...both];
  return { asked: [...exact, name("id alone", id)], kept: [...exact, name("id", id)] };
}

/** Of what has one name. */
export function only(name: string): Names {
  return { asked: [name], kept: [name] };
}
