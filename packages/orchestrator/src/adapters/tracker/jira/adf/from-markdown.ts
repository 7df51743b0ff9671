import { type AdfDocument, cleanText, paragraph, textNode } from "./adf-node.ts";
import { fromFlow } from "./flow-from-mdast.ts";
import { definitionsIn } from "./inline-from-mdast.ts";
import { parseMarkdown } from "./parse-markdown.ts";

/**
 * GitHub-flavoured Markdown as a document that Jira accepts. HTML and whatever else has no place in one is kept as text;
 * a text above 40,000 characters (Jira allows 32,767) is kept as it is, in a code block. Never throws.
 */
export const markdownToAdf = (markdown: string): AdfDocument => {
  const text = cleanText(markdown);
  const tree = parseMarkdown(text);
  const content =
    tree === null
      ? [{ type: "codeBlock", content: [textNode(text)] }]
      : fromFlow(tree.children, surroundingsOf(definitionsIn(tree)));
  return { version: 1, type: "doc", content: content.length === 0 ? [paragraph([])] : content };
};

const surroundingsOf = (definitions: ReadonlyMap<string, string>) => {
  let tasks = 0;
  const nextTaskId = (): string => {
    tasks += 1;
    return `task-${tasks}`;
  };
  return { definitions, nextTaskId };
};
