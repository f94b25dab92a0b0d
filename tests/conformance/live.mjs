// Watches a server with the clients that others use: node live.mjs http://127.0.0.1:8000 CONTENT_ID
// The member `watcher` likes the content and takes it back; prints "ok NAME" a check, exits 1 unless all are.
import { createClient as createSocket } from 'graphql-ws';
import { createClient as createStream } from 'graphql-sse';
import { WebSocket } from 'ws';

const [url, id] = process.argv.slice(2);
const LOGIN = `mutation { login(input: {username: "watcher", password: "right password"}) { accessToken } }`;
const CHANGED = 'subscription ($id: ID!) { contentChanged(contentId: $id) { likeCount } }';
const LIKE = 'mutation ($id: ID!) { likeContent(input: {contentId: $id}) { errors { code } } }';
const UNLIKE = 'mutation ($id: ID!) { unlikeContent(input: {contentId: $id}) { errors { code } } }';
const LOGOUT = 'mutation { logout { errors { code } } }';

async function post(query, variables, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: token }) };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  return (await response.json()).data;
}

async function login() {
  return `Bearer ${(await post(LOGIN)).login.accessToken}`;
}

async function until(count) {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (text.includes(`\nsubscriptions ${count}.0`)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function check(name, found, expected) {
  const holds = JSON.stringify(found) === JSON.stringify(expected);
  console.log(holds ? `ok ${name}` : `no ${name}: ${JSON.stringify(found)}`);
  if (!holds) process.exitCode = 1;
}

async function failure(doing) {
  try {
    await doing();
  } catch (error) {
    return error;
  }
}

async function first(client, query) {
  for await (const answer of client.iterate({ query, variables: { id } })) return answer;
}

async function watch(name, client, token) {
  check(`${name} asks`, await first(client, '{ __typename }'), { data: { __typename: 'Query' } });
  const stream = client.iterate({ query: CHANGED, variables: { id } });
  for (const [count, deed] of [[1, LIKE], [0, UNLIKE]]) {
    const next = stream.next();
    await until(1);
    await post(deed, { id }, token);
    const told = { data: { contentChanged: { likeCount: count } } };
    check(`${name} is told of ${count}`, (await next).value, told);
  }
  await stream.return();
  await until(0);
  check(`${name} leaves`, true, true);
}

const token = await login();
const closed = [];
const socket = createSocket({
  url: `${url.replace('http', 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: token },
  retryAttempts: 0,
  lazy: false,
  onNonLazyError: () => {},
  on: { closed: (event) => closed.push(event.code) },
});
await watch('graphql-ws', socket, token);
const refused = await failure(() => first(socket, '{ nothing }'));
check('graphql-ws is refused', refused[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
check('graphql-ws likes', await first(socket, LIKE), { data: { likeContent: { errors: [] } } });
check('graphql-ws unlikes', await first(socket, UNLIKE), { data: { unlikeContent: { errors: [] } } });

const stream = createStream({ url: `${url}/graphql`, headers: { authorization: token }, retryAttempts: 0 });
await watch('graphql-sse', stream, token);
const invalid = await failure(() => first(stream, '{ nothing }'));
check('graphql-sse is refused', invalid.response.status, 400);

const forbidden = createSocket({
  url: `${url.replace('http', 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: 'Bearer x' },
  retryAttempts: 0,
});
check('graphql-ws is forbidden', (await failure(() => first(forbidden, '{ __typename }'))).code, 4403);

const watching = socket.iterate({ query: CHANGED, variables: { id } });
const last = failure(() => watching.next());
await until(1);
await post(LOGOUT, {}, token);
check('graphql-ws is told of the logout', (await last)[0].extensions.code, 'UNAUTHENTICATED');
while (!closed.length) await new Promise((resolve) => setTimeout(resolve, 20));
check('graphql-ws is closed', closed, [4401]);
