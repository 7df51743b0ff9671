import { type AdfDocument, type AdfNode, cleanText, paragraph, textNode } from "./adf-node.ts";
import { fromFlow } from "./flow-from-mdast.ts";
import { tidyInline } from "./inline.ts";
import { definitionsIn } from "./inline-from-mdast.ts";
import { parseMarkdown } from "./parse-markdown.ts";

/**
 * GitHub-flavoured Markdown as a document that Jira accepts. HTML and whatever else has no place in one is kept as text;
 * a text above 40,000 characters (Jira allows 32,767) is kept as plain paragraphs. Never throws.
 */
export const markdownToAdf = (markdown: string): AdfDocument => {
  const text = cleanText(markdown);
  const tree = parseMarkdown(text);
  const content =
    tree === null ? plainParagraphs(text) : fromFlow(tree.children, surroundingsOf(definitionsIn(tree)));
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

const plainParagraphs = (text: string): AdfNode[] =>
  text.split(/\n(?:[ \t]*\n)+/).flatMap((lines) => {
    const content = tidyInline([textNode(lines)]);
    return content.length === 0 ? [] : [paragraph(content)];
  });
