import type { Form } from "./stand-in-form.ts";

/** The groups of the address book, with the numbers in them. */
export const GROUPS: Readonly<Record<string, { readonly name: string; readonly numbers: readonly string[] }>> = {
  2: { name: "Clientes", numbers: ["34600100100", "34600100200", "34600100300"] },
  3: { name: "Guardia", numbers: ["34600200100", "34600200200"] },
  4: { name: "Técnicos", numbers: ["34600300100"] },
};

const CONFIGURATIONS = [
  { id: 1, name: "sandbox", sender_name: "Sandbox", allow_service_number_alias: false },
  { id: 2, name: "alarms", sender_name: "Alarms", allow_service_number_alias: true },
];

/** What a page holds when the request does not say, and at most [pub]. */
const USUAL_PER_PAGE = 20;
const MAX_PER_PAGE = 100;

export function listConfigurations(form: Form) {
  return page(form, CONFIGURATIONS);
}

export function listGroups(form: Form) {
  return page(
    form,
    Object.entries(GROUPS).map(([id, { name }]) => ({ id: Number(id), name })),
  );
}

function page(form: Form, rows: readonly unknown[]) {
  const current = form.positive("page") ?? 1;
  const size = form.positive("per_page") ?? USUAL_PER_PAGE;
  if (size > MAX_PER_PAGE) form.wrong("per_page", `is more than ${MAX_PER_PAGE}`);
  form.end();
  const data = rows.slice((current - 1) * size, current * size);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const counts = { total: rows.length, count: data.length, per_page: size };
  return { data, meta: { pagination: { ...counts, current_page: current, total_pages: pages } } };
}
