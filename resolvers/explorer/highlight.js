// Colours GraphQL and JSON; everything becomes text nodes, so nothing shown can turn into markup.

const GRAPHQL =
  /(?<comment>#.*)|(?<string>"""[^]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?)|(?<variable>\$\w+)|(?<keyword>\b(?:query|mutation|subscription|fragment|on|true|false|null)\b)|(?<number>-?\b\d[\d.eE+-]*)|(?<directive>@\w+)|(?<type>\b[A-Z]\w*)|(?<name>\w+)/g;
const JSON_TEXT =
  /(?<name>"(?:[^"\\\n]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\\n]|\\.)*"?)|(?<number>-?\b\d[\d.eE+-]*)|(?<keyword>\b(?:true|false|null)\b)/g;

export function highlight(text, language) {
  const pieces = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(language === 'json' ? JSON_TEXT : GRAPHQL)) {
    const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    pieces.append(text.slice(end, match.index), piece(kind, match[0]));
    end = match.index + match[0].length;
  }
  pieces.append(text.slice(end));
  return pieces;
}

function piece(kind, text) {
  const span = document.createElement('span');
  span.className = `t-${kind}`;
  span.textContent = text;
  return span;
}
