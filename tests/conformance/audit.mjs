// Audits a server against GraphQL over HTTP: node audit.mjs http://127.0.0.1:8000/graphql
// Prints one line an audit and "N of M"; exits 1 unless every audit is ok, the optional ones too.
import { auditServer } from 'graphql-http';

const [url] = process.argv.slice(2);
if (!url) {
  console.error('usage: node audit.mjs URL');
  process.exit(2);
}

const results = await auditServer({ url });
for (const { id, name, status, reason } of results) {
  console.log([status.padEnd(6), id, name, reason && `(${reason})`].filter(Boolean).join(' '));
}
const passed = results.filter(({ status }) => status === 'ok').length;
console.log(`${passed} of ${results.length}`);
process.exitCode = passed === results.length ? 0 : 1;
