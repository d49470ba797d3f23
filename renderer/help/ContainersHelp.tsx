import { Code } from '../design/Code.tsx';

const ANSWERS: readonly { asks: string; says: string }[] = [
  {
    asks: 'What happens to the container?',
    says: 'Nothing. A small agent is started beside it, in its network, and its TCP connections are led through that agent. The container is not restarted, and no file or variable in it changes. Any language, any client, any TCP protocol; UDP is left alone.',
  },
  {
    asks: 'What if Sidetap crashes?',
    says: 'New connections go straight again within five seconds, by themselves. What was left behind is removed at the next start.',
  },
  {
    asks: 'What about TLS?',
    says: 'It is read when the application trusts Sidetap’s certificate. Where it does not, its calls work and stay unread, and the container says “TLS not trusted”. “Fix” there offers three ways. Each says what it changes, and each is undone when you switch off.',
  },
  {
    asks: 'And when I switch off?',
    says: 'Open connections finish, the agent goes, and every change that was made for it is undone.',
  },
];

/** What the switches do, for those who see them for the first time. */
export function ContainersHelp() {
  return (
    <>
      {ANSWERS.map(({ asks, says }) => (
        <section key={asks} className="help-part">
          <h3>{asks}</h3>
          <p className="soft">{says}</p>
        </section>
      ))}
      <section className="help-part">
        <h3>The same in a terminal</h3>
        <Code text="sidetap start capture --container NAME" what="command for a running container" />
        <p className="soft">An image can be started with everything in place, its TLS included:</p>
        <Code text="sidetap start capture --image IMAGE --port-mapping 8080:80" what="command for an image" />
      </section>
    </>
  );
}
