// The schema browser: types, their fields and arguments, and a search over all of them.

import { request } from './session.js';

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';
const VALUE = `name description defaultValue type { ${TYPE} }`;
const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason type { ${TYPE} } args { ${VALUE} }
      }
      inputFields { ${VALUE} }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      interfaces { kind name } possibleTypes { kind name }
    }
  }
}`;
const KINDS = {
  OBJECT: '对象',
  INTERFACE: '接口',
  UNION: '联合',
  ENUM: '枚举',
  INPUT_OBJECT: '输入',
  SCALAR: '标量',
};
const MOST_FOUND = 80;

export function schemaBrowser({ list, trail, search, reload }) {
  let types = new Map();
  let roots = [];
  let path = [];

  const load = async () => {
    list.replaceChildren(element('p', 'hint', '正在读取…'));
    const { body } = await request({ query: INTROSPECTION }).catch(() => ({}));
    const schema = body?.data?.__schema;
    if (!schema) {
      list.replaceChildren(element('p', 'error', body?.errors?.[0]?.message ?? '读不到文档'));
      return;
    }
    types = new Map(schema.types.map((type) => [type.name, type]));
    roots = [
      ['查询', schema.queryType],
      ['变更', schema.mutationType],
      ['订阅', schema.subscriptionType],
    ].filter(([, type]) => type);
    show([]);
  };

  const show = (names) => {
    path = names.filter((name) => types.has(name));
    const crumbs = [link('开始', () => show([]))];
    path.forEach((name, index) =>
      crumbs.push(' › ', link(name, () => show(path.slice(0, index + 1)))),
    );
    trail.replaceChildren(...crumbs);
    list.replaceChildren(...(path.length ? page(types.get(path.at(-1))) : start()));
    list.scrollTop = 0;
  };
  const open = (name) => {
    search.value = '';
    const known = path.indexOf(name);
    show(known < 0 ? [...path, name] : path.slice(0, known + 1));
    list.focus();
  };

  const start = () => {
    const others = [...types.values()]
      .filter(({ name }) => !name.startsWith('__') && !roots.some(([, root]) => root.name === name))
      .sort((one, other) => one.name.localeCompare(other.name));
    return [
      ...roots.map(([title, { name }]) =>
        element('p', 'root', link(title, () => open(name)), ' ', element('code', '', name)),
      ),
      ...Object.entries(KINDS).flatMap(([kind, title]) => {
        const ofKind = others.filter((type) => type.kind === kind);
        return ofKind.length ? [element('h3', '', title), names(ofKind)] : [];
      }),
    ];
  };
  const names = (some) =>
    element('p', 'names', ...some.flatMap(({ name }) => [typeLink(name), ' ']));

  const page = (type) => [
    element('h3', 'title', type.name, ' ', element('span', 'kind', KINDS[type.kind])),
    ...described(type),
    ...linked('实现', type.interfaces),
    ...linked('可能是', type.possibleTypes),
    ...(type.fields ?? type.inputFields ?? []).map((field) => entry(field)),
    ...(type.enumValues ?? []).map((value) =>
      element('div', 'field', element('code', 't-keyword', value.name), ...described(value)),
    ),
  ];
  const linked = (title, some) =>
    some?.length ? [element('p', 'hint', `${title}：`), names(some)] : [];
  const entry = (field, owner = '') => {
    const head = [owner, element('code', 't-name', field.name), ': ', typeOf(field.type)];
    if (field.defaultValue) head.push(element('code', 't-number', ` = ${field.defaultValue}`));
    const given = (field.args ?? []).map((argument) => entry(argument));
    return element(
      'div',
      'field',
      element('p', 'signature', ...head),
      ...described(field),
      ...(given.length ? [element('div', 'arguments', ...given)] : []),
    );
  };
  const typeOf = (type) => {
    if (type.kind === 'NON_NULL') return element('span', '', typeOf(type.ofType), '!');
    if (type.kind === 'LIST') return element('span', '', '[', typeOf(type.ofType), ']');
    return typeLink(type.name);
  };
  const typeLink = (name) => link(name, () => open(name), 't-type');

  const find = () => {
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return show(path);
    const has = ({ name, description }) =>
      name.toLowerCase().includes(wanted) || description?.toLowerCase().includes(wanted);
    const found = [...types.values()]
      .filter(({ name }) => !name.startsWith('__'))
      .flatMap((type) => [
        ...(has(type) ? [element('div', 'field', typeLink(type.name), ...described(type))] : []),
        ...(type.fields ?? type.inputFields ?? [])
          .filter(has)
          .map((field) => entry(field, element('span', '', typeLink(type.name), '.'))),
      ]);
    const more = found.length > MOST_FOUND ? [element('p', 'hint', '还有更多，请写得具体些')] : [];
    const none = found.length ? [] : [element('p', 'hint', '没有找到')];
    list.replaceChildren(...found.slice(0, MOST_FOUND), ...more, ...none);
  };

  search.addEventListener('input', find);
  reload.addEventListener('click', load);
  return { load };
}

function described({ description, isDeprecated, deprecationReason }) {
  return [
    ...(description ? [element('p', 'description', description)] : []),
    ...(isDeprecated ? [element('p', 'error', `已弃用：${deprecationReason}`)] : []),
  ];
}

function link(text, onClick, className = '') {
  const button = element('button', `link ${className}`, text);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
