/** What a code host tells us of. Like a tracker's news it only says where to look (§12). */
export type ForgeNews =
  /** Something happened to a pull request or was said on it. */
  | { readonly kind: "pull-request"; readonly owner: string; readonly name: string; readonly number: number }
  /** `title` holds the attempt's id where the run is one of ours. */
  | { readonly kind: "workflow-run"; readonly id: string; readonly title: string }
  /** What the App may reach has changed. */
  | { readonly kind: "access" };

export type ForgeWebhookVerdict =
  | {
      readonly kind: "genuine";
      readonly deliveryId: string;
      readonly event: string;
      readonly news: readonly ForgeNews[];
    }
  /** Nobody who holds the secret sent it. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "malformed"; readonly why: string };

/** Reads the webhook of a code host. */
export interface ForgeWebhook {
  /** @param headers names in lower case */
  read(
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Buffer,
  ): ForgeWebhookVerdict;
}
