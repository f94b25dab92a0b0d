// A text area with line numbers, colours, indentation and closing brackets.

import { highlight } from './highlight.js';

const PAIRS = { '{': '}', '(': ')', '[': ']' };

export function editor(textarea) {
  const frame = textarea.parentElement;
  const lines = document.createElement('div');
  const colours = document.createElement('pre');
  lines.className = 'lines';
  colours.className = 'colours';
  for (const each of [lines, colours]) each.setAttribute('aria-hidden', 'true');
  frame.prepend(lines, colours);
  Object.assign(textarea, { spellcheck: false, autocapitalize: 'off', wrap: 'off' });

  const draw = () => {
    colours.replaceChildren(highlight(textarea.value, frame.dataset.language), '\n');
    const count = textarea.value.split('\n').length;
    lines.textContent = Array.from({ length: count }, (_, index) => index + 1).join('\n');
    follow();
  };
  const follow = () => {
    const { scrollTop, scrollLeft } = textarea;
    colours.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    lines.style.transform = `translateY(${-scrollTop}px)`;
  };
  textarea.addEventListener('input', draw);
  textarea.addEventListener('scroll', follow);
  textarea.addEventListener('keydown', keys(textarea));
  draw();

  return {
    get value() {
      return textarea.value;
    },
    set value(text) {
      textarea.value = text;
      textarea.scrollTop = 0;
      draw();
    },
    get caret() {
      return textarea.selectionStart;
    },
    onInput: (listener) => textarea.addEventListener('input', listener),
    focus: () => textarea.focus(),
  };
}

function keys(textarea) {
  let leaving = false; // after Escape, Tab moves the focus on, as it does everywhere else
  return (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isLeaving = leaving;
    leaving = key === 'Escape' || (leaving && key === 'Shift');
    if (ctrlKey || metaKey || altKey || event.isComposing) return;
    const handled =
      (key === 'Tab' && !isLeaving && indent(textarea, shiftKey)) ||
      (key === 'Enter' && breakLine(textarea)) ||
      (key in PAIRS && enclose(textarea, key));
    if (handled) event.preventDefault();
  };
}

function indent(textarea, back) {
  const { value, selectionStart: start, selectionEnd: end } = textarea;
  if (!back && start === end) return insert(textarea, '  ');
  const first = value.lastIndexOf('\n', start - 1) + 1;
  const block = value.slice(first, end);
  const moved = back ? block.replace(/^ {1,2}/gm, '') : block.replace(/^/gm, '  ');
  textarea.setSelectionRange(first, end);
  insert(textarea, moved);
  textarea.setSelectionRange(first, first + moved.length);
  return true;
}

function breakLine(textarea) {
  const { value, selectionStart: start, selectionEnd: end } = textarea;
  const line = value.slice(value.lastIndexOf('\n', start - 1) + 1, start);
  const margin = line.match(/^ */)[0];
  const opened = PAIRS[line.trimEnd().at(-1)];
  if (!opened) return insert(textarea, `\n${margin}`);
  const closes = value[end] === opened;
  insert(textarea, `\n${margin}  ${closes ? `\n${margin}` : ''}`);
  if (closes) textarea.selectionEnd = textarea.selectionStart -= margin.length + 1;
  return true;
}

function enclose(textarea, open) {
  const { value, selectionStart: start, selectionEnd: end } = textarea;
  if (start === end && /\w/.test(value[end] ?? '')) return false;
  insert(textarea, open + value.slice(start, end) + PAIRS[open]);
  textarea.setSelectionRange(start + 1, end + 1);
  return true;
}

function insert(textarea, text) {
  // The old command is the only one that keeps the browser's undo.
  if (!document.execCommand('insertText', false, text)) {
    textarea.setRangeText(text, textarea.selectionStart, textarea.selectionEnd, 'end');
    textarea.dispatchEvent(new Event('input'));
  }
  return true;
}
