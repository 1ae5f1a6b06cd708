import { mkdtempSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fillStore } from './bench/fill-store.ts';
import { openStore } from './src/store/open-store.ts';
import { createUsers } from './src/directory/users.ts';
import { readUser } from './src/scim/codec/read-user.ts';
import { personOf } from './bench/scale.ts';
const c:any={id:'default',workspace:'bench',name:'d',state:'live'};
let n=5e6;
async function run(label: string, sqls: string[]) {
  const path = mkdtempSync('/tmp/mb-')+'/b.db';
  if (sqls[0]?.startsWith('pragma page')) { const d=new DatabaseSync(path); d.exec(sqls[0]); d.exec('create table x(a)'); d.close(); sqls=sqls.slice(1); }
  await fillStore('sqlite:'+path, {users: 10000, groups:[10]});
  const d = new DatabaseSync(path); for (const q of sqls) d.exec(q); d.close();
  const s = openStore('sqlite:'+path);
  const users = createUsers(s.directory, {now:()=>Date.now(), sleep: async()=>{}});
  const B=16;
  for (let r=0;r<20;r++) await Promise.all(Array.from({length:B},()=>users.create(c, readUser(personOf(n++)))));
  const R=Math.floor(6000/B); const a=performance.now(); const cpu=process.cpuUsage();
  for (let r=0;r<R;r++) await Promise.all(Array.from({length:B},()=>users.create(c, readUser(personOf(n++)))));
  const t=performance.now()-a; const u=process.cpuUsage(cpu);
  console.log(label, (t/R/B*1000).toFixed(0),'us per create', 'cpu', ((u.user)/R/B).toFixed(0), ((u.system)/R/B).toFixed(0));
  await s.close();
}

await run('as is', []);
await run('page 2048', ['pragma page_size=2048']);
await run('page 1024', ['pragma page_size=1024']);
await run('less idx 2048', ['pragma page_size=2048','drop index users_updated','drop index changes_order','drop index user_emails_user']);
await run('even less 2048', ['pragma page_size=2048','drop index users_updated','drop index changes_order','drop index user_emails_user','drop index jobs_due','drop index users_external_id','drop index users_email','drop index user_emails_value']);
await run('as is', []);
