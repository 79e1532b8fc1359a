import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type NamedStory, type Story, StoryView, serverOf, storiesOf } from './story';
import './catalogue.css';

const stories = storiesOf(import.meta.glob<Record<string, Story>>('./stories/*.stories.tsx', { eager: true }));
const params = new URLSearchParams(location.search);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root.');

/** The list of stories and an iframe with the chosen story, so that media queries and dialogs work as on a page. */
function Catalogue() {
  const [dark, setDark] = useState(false);
  const [phone, setPhone] = useState(false);
  const [shown, setShown] = useState<NamedStory | undefined>(
    stories.find(({ id }) => id === decodeURIComponent(location.hash.slice(1))) ?? stories[0],
  );
  return (
    <div className="catalogue">
      <nav aria-label="Stories">
        {[...new Set(stories.map(({ group }) => group))].map((group) => (
          <section key={group} aria-label={group}>
            <h2>
              <strong>{group}</strong>
            </h2>
            {stories
              .filter((story) => story.group === group)
              .map((story) => (
                <a
                  key={story.id}
                  href={`#${story.id}`}
                  aria-current={story.id === shown?.id ? 'page' : undefined}
                  onClick={() => setShown(story)}
                >
                  {story.name}
                </a>
              ))}
          </section>
        ))}
      </nav>
      <main>
        <fieldset aria-label="Shown as">
          <label>
            <input type="checkbox" checked={dark} onChange={() => setDark(!dark)} /> Dark
          </label>
          <label>
            <input type="checkbox" checked={phone} onChange={() => setPhone(!phone)} /> Phone
          </label>
          <a href={`?story=${shown?.id}`} target="_blank" rel="noreferrer">
            Open alone
          </a>
        </fieldset>
        <iframe
          title={shown?.name}
          src={`?story=${shown?.id}${dark ? '&theme=dark' : ''}`}
          data-phone={phone || shown?.phone || undefined}
        />
      </main>
    </div>
  );
}

const alone = stories.find(({ id }) => id === params.get('story'));
document.documentElement.dataset.theme = params.get('theme') ?? 'light';
if (alone) {
  globalThis.fetch = serverOf(alone).fetch;
  createRoot(root).render(<StoryView story={alone} />);
} else createRoot(root).render(<Catalogue />);
