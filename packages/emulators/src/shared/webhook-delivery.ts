/** A webhook as an emulator sent it. */
export interface WebhookDelivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Null: it could not be delivered. */
  readonly status: number | null;
}
