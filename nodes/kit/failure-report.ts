import { asMessagingError } from "../../src/error.ts";
import type { FailureReport } from "./account-reports.ts";
import type { Words } from "./words.ts";

/** Why something did not work, for a form. `words`: the viewer's. */
export function failureReport(thrown: unknown, words: Words): FailureReport {
  const error = asMessagingError(thrown);
  const { code, message } = error;
  const { reason, httpStatus } = error.cause;
  const said = words.sentence(error);
  return {
    code,
    message,
    ...(said !== undefined && { said }),
    ...(reason !== undefined && { reason }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}
