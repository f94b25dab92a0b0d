// The page: runs operations, shows answers, remembers what was run.

import { editor } from './editor.js';
import { EXAMPLES } from './examples.js';
import { highlight } from './highlight.js';
import { schemaBrowser } from './schema.js';
import { request, session } from './session.js';

const HISTORY = 'dangjian.history';
const MOST_REMEMBERED = 50;
const LONGEST_COLOURED = 300_000; // characters: beyond, colours cost more than they help

const $ = (id) => document.getElementById(id);
const query = editor($('query'));
const variables = editor($('variables'));
const browser = schemaBrowser({
  list: $('schema'),
  trail: $('trail'),
  search: $('search'),
  reload: $('schema-reload'),
});

// ---- running

let running = 0;

async function run() {
  const operation = { query: query.value, operationName: operationAtCaret() };
  if (variables.value.trim()) {
    try {
      operation.variables = JSON.parse(variables.value);
    } catch {
      return answer('变量不是有效的 JSON', '变量有误', true);
    }
  }
  remember();
  const mine = ++running;
  show('result');
  $('status').textContent = '运行中…';
  try {
    const { status, took, size, body, text } = await request(operation);
    if (mine !== running) return;
    const shown = body === null ? text : JSON.stringify(body, null, 2);
    const summary = `${status} · ${took.toFixed(0)} 毫秒 · ${(size / 1024).toFixed(1)} KB`;
    answer(shown, summary, status >= 400 || Boolean(body?.errors));
  } catch {
    if (mine === running) answer('连接不上服务器', '', true);
  }
  showViewer();
}

function answer(text, summary, isError) {
  const colours = text.length < LONGEST_COLOURED ? highlight(text, 'json') : text;
  $('answer').replaceChildren(colours);
  $('answer').scrollTop = 0;
  $('status').textContent = summary;
  $('status').classList.toggle('error', isError);
}

/** The operation that the caret stands in, where the document has several. */
function operationAtCaret() {
  const blanked = query.value.replace(/#.*|"""[^]*?"""|"(?:[^"\\\n]|\\.)*"/g, (found) =>
    ' '.repeat(found.length),
  );
  const named = [...blanked.matchAll(/\b(?:query|mutation|subscription)\s+(\w+)[^{}]*\{/g)];
  const before = named.filter(({ index }) => index <= query.caret);
  return named.length > 1 ? (before.at(-1) ?? named[0])[1] : undefined;
}

// ---- what was run before

const remembered = () => JSON.parse(localStorage.getItem(HISTORY) ?? '[]');

function remember() {
  const now = { query: query.value, variables: variables.value, at: Date.now() };
  const others = remembered().filter(
    (each) => each.query !== now.query || each.variables !== now.variables,
  );
  localStorage.setItem(HISTORY, JSON.stringify([now, ...others].slice(0, MOST_REMEMBERED)));
}

function listHistory() {
  const entries = remembered();
  $('history-list').replaceChildren(
    ...entries.map((each) => {
      const button = document.createElement('button');
      const title = each.query.match(/\b(?:query|mutation|subscription)\s+\w+/)?.[0];
      const time = document.createElement('time');
      time.textContent = new Date(each.at).toLocaleString('zh-CN');
      button.type = 'button';
      button.append(title ?? each.query.replace(/\s+/g, ' ').slice(0, 60), time);
      button.addEventListener('click', () => {
        load(each);
        $('history').close();
      });
      const item = document.createElement('li');
      item.append(button);
      return item;
    }),
  );
  $('history-empty').hidden = entries.length > 0;
}

function load(operation) {
  query.value = operation.query;
  variables.value = operation.variables;
  show('edit');
  query.focus();
  query.top();
}

// ---- signing in

function showViewer() {
  const name = session.current?.viewer?.name;
  $('viewer').textContent = name ?? '未登录';
  $('viewer').classList.toggle('signed-in', Boolean(name));
  $('sign-in-open').hidden = Boolean(name);
  $('sign-out').hidden = !name;
}

async function signIn(event) {
  event.preventDefault();
  const refused = await session
    .begin($('username').value, $('password').value)
    .catch(() => '连接不上服务器');
  $('sign-in-error').textContent = refused;
  $('password').value = '';
  if (refused) return $('password').focus();
  $('sign-in').close();
  showViewer();
}

// ---- the page

function show(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll('[data-show]')) {
    button.setAttribute('aria-pressed', button.dataset.show === view);
  }
}

EXAMPLES.forEach(({ title }, index) => $('examples').add(new Option(title, index)));
$('examples').addEventListener('change', ({ target }) => {
  if (target.value) load(EXAMPLES[target.value]);
  target.value = '';
});
for (const button of document.querySelectorAll('[data-show]')) {
  button.addEventListener('click', () => show(button.dataset.show));
}
for (const button of document.querySelectorAll('[data-close]')) {
  button.addEventListener('click', () => button.closest('dialog').close());
}
$('run').addEventListener('click', run);
$('copy').addEventListener('click', () => navigator.clipboard.writeText($('answer').textContent));
$('sign-in-open').addEventListener('click', () => $('sign-in').showModal());
$('sign-in-form').addEventListener('submit', signIn);
$('sign-out').addEventListener('click', () => {
  session.end();
  showViewer();
});
$('history-open').addEventListener('click', () => {
  listHistory();
  $('history').showModal();
});
$('history-clear').addEventListener('click', () => {
  localStorage.removeItem(HISTORY);
  listHistory();
});
document.addEventListener('keydown', (event) => {
  if (document.querySelector('dialog[open]')) return;
  const isWriting = event.target.matches('input, textarea, select');
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    event.preventDefault();
    run();
  } else if (event.key === '/' && !isWriting) {
    event.preventDefault();
    show('schema');
    $('search').focus();
  }
});

load(remembered()[0] ?? EXAMPLES[0]);
showViewer();
browser.load();
