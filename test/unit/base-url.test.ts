import { strict as assert } from "node:assert";
import { baseUrlFault } from "../../src/base-url.ts";

const VERDICTS = [
  ["https://api.example.com/v1", undefined],
  ["http://127.0.0.1:8080/v1", undefined],
  ["http://[::1]:8080", undefined],
  ["api.example.com", "badUrl"],
  ["ftp://api.example.com", "urlNotHttps"],
  ["https://ana@api.example.com", "urlWithUser"],
  ["https://api.example.com/v1?key=1", "urlWithQuery"],
  // Of these two the parsed URL has neither query nor fragment.
  ["https://api.example.com/v1?", "urlWithQuery"],
  ["https://api.example.com/v1#", "urlWithQuery"],
  ["http://api.example.com", "urlPlainHttp"],
] as const;

describe("a base URL", () => {
  for (const [url, fault] of VERDICTS) {
    it(`${url} is ${fault ? `refused as ${fault}` : "taken"}`, () => {
      assert.equal(baseUrlFault(url), fault);
    });
  }
});
