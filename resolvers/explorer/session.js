// Requests to the API, and the bearer token that goes with them while one is signed in.

const KEY = 'dangjian.session';
const ENTER = 'accessToken refreshToken viewer { id name } errors { message }';
const LOGIN = `mutation Login($username: String!, $password: String!) {
  login(input: { username: $username, password: $password }) { ${ENTER} }
}`;
const REFRESH = `mutation Refresh($token: String!) {
  refreshSession(input: { refreshToken: $token }) { ${ENTER} }
}`;

export const session = {
  get current() {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  },
  end() {
    sessionStorage.removeItem(KEY);
  },
  /** Signs in; answers what speaks against it, '' for nothing. */
  async begin(username, password) {
    const { body } = await post({ query: LOGIN, variables: { username, password } });
    return keep(body?.data?.login) ?? messages(body);
  },
};

/** Sends one operation; a token that has ended is renewed once. */
export async function request(operation) {
  const answer = await post(operation, session.current?.accessToken);
  if (answer.status !== 401 || !session.current) return answer;
  if (await renew()) return post(operation, session.current.accessToken);
  session.end();
  return answer;
}

async function renew() {
  const variables = { token: session.current.refreshToken };
  const { body } = await post({ query: REFRESH, variables });
  return keep(body?.data?.refreshSession) === '';
}

/** Keeps what a login gave; answers what speaks against it: '' for nothing, null for unknown. */
function keep(payload) {
  if (!payload) return null;
  if (!payload.accessToken) return payload.errors.map(({ message }) => message).join('；');
  const { accessToken, refreshToken, viewer } = payload;
  sessionStorage.setItem(KEY, JSON.stringify({ accessToken, refreshToken, viewer }));
  return '';
}

function messages(body) {
  return body?.errors?.map(({ message }) => message).join('；') ?? '服务器没有回答';
}

async function post(operation, token) {
  const started = performance.now();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(operation),
  });
  const text = await response.text();
  const took = performance.now() - started;
  return { status: response.status, size: new Blob([text]).size, took, text, body: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
