import type { Kysely, Migration } from "kysely";

interface Rows {
  readonly effects: {
    readonly id: number | string;
    readonly kind: string;
    readonly payload: string;
    receiver: string;
  };
}

interface Payload {
  readonly executor?: string;
  readonly ticket?: { readonly tracker: string };
  readonly repository?: { readonly forge: string };
  readonly pullRequest?: { readonly repository: { readonly forge: string } };
}

/** Frozen: a later change of the schema is a new file. What waits to be delivered is given to the vendor it is for. */
export const receiverPerVendor = (): Migration => ({
  up: async (db: Kysely<Rows>) => {
    const rows = await db.selectFrom("effects").select(["id", "payload"]).execute();
    for (const { id, payload } of rows)
      await db
        .updateTable("effects")
        .set({ receiver: receiverOf(JSON.parse(payload) as Payload) })
        .where("id", "=", id)
        .execute();
  },
});

const receiverOf = ({ executor, ticket, repository, pullRequest }: Payload): string => {
  if (executor !== undefined) return `executor:${executor}`;
  if (ticket !== undefined) return `tracker:${ticket.tracker}`;
  return `forge:${repository?.forge ?? pullRequest?.repository.forge}`;
};
