/**
 * What a request would have the provider do beside asking its model: fetch an address, search the web, run a program, call a
 * server. All of it would go around the sandbox's network (§11.3), and none of it has a price per token.
 * @returns what it is, or null
 */
export const reachOf = (body: unknown): string | null => {
  const { mcp_servers, tools, messages, input } = fieldsOf(body);
  if (itemsOf(mcp_servers).length > 0) return "servers of tools";
  const tool = itemsOf(tools).find((one) => !isRunByAgent(one));
  if (tool !== undefined) return `the tool ${String(fieldsOf(tool)["type"]).slice(0, 100)}`;
  return [...itemsOf(messages), ...itemsOf(input)].some((part) => namesAddress(part))
    ? "content by its address"
    : null;
};

const runByAgent =
  /^(?:custom|function|local_shell|apply_patch|(?:bash|text_editor|memory|computer|tool_search_tool_[a-z0-9]+)_\d{8})$/;

const isRunByAgent = (tool: unknown): boolean => {
  const type = fieldsOf(tool)["type"] ?? "custom";
  return typeof type === "string" && runByAgent.test(type);
};

/** The results of tools are parts with parts; a document among them has some too. Nothing that is needed lies deeper. */
const deepest = 5;

/** A message, or a part of one. What a model wrote itself, such as the input of a tool, is data and is not looked at. */
const namesAddress = (part: unknown, depth = 0): boolean => {
  const { source, image_url, file_url, content, output } = fieldsOf(part);
  if (fieldsOf(source)["type"] === "url" || isAddress(image_url) || isAddress(file_url)) return true;
  if (depth > deepest) return true;
  return [content, fieldsOf(source)["content"], output].some((inner) =>
    itemsOf(inner).some((one) => namesAddress(one, depth + 1)),
  );
};

const isAddress = (value: unknown): boolean => typeof value === "string" && !value.startsWith("data:");

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
