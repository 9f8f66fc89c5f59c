import { strict as assert } from "node:assert";
import { createDesk } from "../../src/sandbox/desk.ts";

describe("the sandbox's memory", () => {
  const message = (id: string, text = "x", deliveryId?: string) => ({
    id,
    channel: "sms" as const,
    to: "+56900000000",
    text,
    receivedAt: 0,
    ...(deliveryId !== undefined && { deliveryId }),
  });

  it("keeps the newest 5,000 messages and forgets the oldest, in their deliveries too", () => {
    const desk = createDesk(() => 0);
    for (let index = 0; index < 5003; index++) desk.keep(message(`m${index}`, "x", index < 4 ? "d" : undefined));
    assert.equal(desk.messages().length, 5000);
    assert.equal(desk.find("m2"), undefined);
    assert.deepEqual(
      desk.inDelivery("d").map(({ id }) => id),
      ["m3"],
    );
    assert.equal(desk.messages().at(-1)?.id, "m5002");
  });

  it("keeps no more than 20 million characters, but always the last message", () => {
    const desk = createDesk(() => 0);
    for (const id of ["a", "b", "c"]) desk.keep(message(id, "x".repeat(9_000_000)));
    assert.deepEqual(
      desk.messages().map(({ id }) => id),
      ["b", "c"],
    );
  });

  it("makes ids of 32 hexadecimal digits that differ", () => {
    const desk = createDesk(() => 0);
    const ids = Array.from({ length: 100 }, () => desk.newId());
    assert.equal(new Set(ids).size, 100);
    assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)));
  });
});
