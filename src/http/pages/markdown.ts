import { Marked, type Tokens } from 'marked';

export interface RenderedMarkdown {
  readonly html: string;
  /** The first heading, as text. */
  readonly title: string;
  /** The headings of the second level, in HTML. */
  readonly contents: readonly { readonly id: string; readonly text: string }[];
}

/**
 * A Markdown document of our own as HTML. Headings get the ids that links within the document expect.
 *
 * @param addressOf the address that shows another file of the repository; null: it is not served, and only its name
 *   is shown.
 */
export function renderMarkdown(
  markdown: string,
  addressOf: (file: string) => string | null,
): RenderedMarkdown {
  const contents: { id: string; text: string }[] = [];
  let title = '';
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens);
        const id = slug(text);
        if (depth === 1 && title === '') title = text;
        if (depth === 2) contents.push({ id, text: html });
        return `<h${depth} id="${id}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const html = this.parser.parseInline(tokens);
        const [file = '', fragment] = href.split('#');
        if (/^[a-z]+:/i.test(href) || file === '') return `<a href="${href}">${html}</a>`;
        const address = addressOf(file);
        if (address === null) return html;
        return `<a href="${address}${fragment === undefined ? '' : `#${fragment}`}">${html}</a>`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { html, title, contents };
}

/** As GitHub names a heading: small letters, digits and hyphens. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
