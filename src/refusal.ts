/** A request to us that is turned down, a callback or a form's: the HTTP status, and the few words that its sender gets. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}
