/** Digits that tell one subscriber from another, whatever stands before them. */
const MIN_DIGITS = 6;

/** Whether two ways to write a number may mean the same phone: one of them may lack the country or begin with a 0 for it. */
export function isSameNumber(one: string, other: string): boolean {
  if (one === other) return true;
  const [shorter = "", longer = ""] = [one, other].map(significant).sort((a, b) => a.length - b.length);
  return shorter.length >= MIN_DIGITS && longer.endsWith(shorter);
}

function significant(number: string): string {
  return number.replace(/^[+0]+/, "");
}
