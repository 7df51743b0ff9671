import { type Instant, minutes, seconds } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { JiraDirectory, JiraField, JiraOption } from "../../../ports/jira-directory.ts";
import { isFailure, VendorError } from "../../../ports/vendor-error.ts";
import type { JiraClient } from "./jira-client.ts";
import { clauseName, isCustomFieldId } from "./jql.ts";
import { contextsSchema, fieldsSchema, optionsSchema, suggestionsSchema } from "./schema.ts";
import { sameWord } from "./stage-words.ts";

/** Jira's fields and their options, remembered for some minutes: they change when an operator changes them. */
export interface FieldCatalogue extends Pick<JiraDirectory, "fields" | "options"> {
  /** Whether a select can be set to this value. Asks Jira once more where the list may not be complete. */
  offers(fieldId: string, value: string): Promise<boolean>;
  /** Something does not fit: what is not quite new is read again. False where all of it is new. */
  doubt(): boolean;
}

const freshMs = minutes(5);
/** So that a hundred writes with the same doubt ask once. */
const beyondDoubtMs = seconds(10);
const pageSize = 100;
/** Pages of one list: far above what Jira lets a field have. */
const maxPages = 100;

interface Memory<Value> {
  readonly at: Instant;
  readonly value: Promise<Value>;
}

export const createFieldCatalogue = (client: JiraClient, clock: Clock): FieldCatalogue => {
  const fields = new Map<"all", Memory<readonly JiraField[]>>();
  const options = new Map<string, Memory<readonly JiraOption[]>>();

  const remembered = <Key, Value>(
    memories: Map<Key, Memory<Value>>,
    key: Key,
    read: () => Promise<Value>,
  ): Promise<Value> => {
    const known = memories.get(key);
    if (known !== undefined && clock.now() - known.at < freshMs) return known.value;
    const memory = { at: clock.now(), value: read() };
    memories.set(key, memory);
    // Whoever asked hears of it; the next one asks again.
    memory.value.catch(() => {
      if (memories.get(key) === memory) memories.delete(key);
    });
    return memory.value;
  };

  const forget = <Key, Value>(memories: Map<Key, Memory<Value>>): boolean => {
    const old = [...memories].filter(([, { at }]) => clock.now() - at >= beyondDoubtMs);
    for (const [key] of old) memories.delete(key);
    return old.length > 0;
  };

  const optionsOf = (fieldId: string): Promise<readonly JiraOption[]> =>
    remembered(options, fieldId, () => readOptions(client, fieldId));

  return {
    fields: () => remembered(fields, "all", () => readFields(client)),
    options: optionsOf,
    async offers(fieldId, wanted) {
      const same = ({ value }: JiraOption): boolean => sameWord(value, wanted);
      const named = (await optionsOf(fieldId)).filter(same);
      if (named.length > 0) return named.some(({ disabled }) => !disabled);
      return (await suggestedOptions(client, fieldId, wanted)).some(same);
    },
    doubt: () => [forget(fields), forget(options)].includes(true),
  };
};

const readFields = async (client: JiraClient): Promise<readonly JiraField[]> => {
  const answer = await client.read({ method: "GET", path: "/field" }, fieldsSchema);
  return answer.map(({ id, name, custom, schema }) => ({
    id,
    name,
    custom: custom ?? isCustomFieldId(id),
    type: schema?.type ?? "unknown",
  }));
};

const readOptions = async (client: JiraClient, fieldId: string): Promise<readonly JiraOption[]> => {
  if (!isCustomFieldId(fieldId))
    throw new VendorError(
      "invalid",
      `"${fieldId.slice(0, 100)}" is not a custom field: customfield_10500 is one.`,
    );
  try {
    return await optionsOfContexts(client, fieldId);
  } catch (error) {
    // Contexts are for administrators; what may be searched for is for everyone.
    if (isFailure(error, "forbidden")) return suggestedOptions(client, fieldId);
    throw error;
  }
};

const optionsOfContexts = async (client: JiraClient, fieldId: string): Promise<readonly JiraOption[]> => {
  const path = `/field/${fieldId}/context`;
  const contexts = await allPages((query) => client.read({ method: "GET", path, query }, contextsSchema));
  const lists = await Promise.all(
    contexts.map(({ id }) =>
      allPages((query) =>
        client.read(
          { method: "GET", path: `${path}/${encodeURIComponent(id)}/option`, query },
          optionsSchema,
        ),
      ),
    ),
  );
  const byValue = new Map<string, JiraOption>();
  // Each context has its own options; one that is enabled somewhere can be chosen somewhere.
  for (const option of lists.flat())
    if (byValue.get(option.value)?.disabled !== false) byValue.set(option.value, option);
  return [...byValue.values()];
};

interface Page<Item> {
  readonly values: readonly Item[];
  readonly isLast?: boolean | undefined;
}

const allPages = async <Item>(
  read: (query: Readonly<Record<string, string>>) => Promise<Page<Item>>,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  for (let page = 0; page < maxPages; page += 1) {
    const { values, isLast } = await read({ startAt: String(items.length), maxResults: String(pageSize) });
    for (const value of values) items.push(value);
    if (isLast === true || values.length === 0) break;
  }
  return items;
};

/** Jira suggests some fifteen at most, which is more than the status field needs; `like` narrows them down. */
const suggestedOptions = async (
  client: JiraClient,
  fieldId: string,
  like?: string,
): Promise<readonly JiraOption[]> => {
  const query = { fieldName: clauseName(fieldId), ...(like === undefined ? {} : { fieldValue: like }) };
  const { results } = await client.read(
    { method: "GET", path: "/jql/autocompletedata/suggestions", query },
    suggestionsSchema,
  );
  return results.map(({ value }) => {
    const bare = unquoted(value);
    return { id: bare, value: bare, disabled: false };
  });
};

/** A suggestion is written as JQL wants it: `"Plan Approved"`. */
const unquoted = (value: string): string =>
  /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, "$1") : value;
