export interface RerankBody {
  readonly query: string;
  readonly documents: readonly string[];
}

/** A question and passages about it, in one language. */
const topics: readonly { readonly query: string; readonly passages: readonly string[] }[] = [
  {
    query: 'How do vaccines protect against infection?',
    passages: [
      'A vaccine shows the immune system a harmless part of a pathogen, so that it can make antibodies in time.',
      'Memory cells remain for years and answer a second contact within hours.',
      'The first railway line of the country was opened in 1825 and carried coal to the harbour.',
    ],
  },
  {
    query: 'Wie kündige ich einen Mietvertrag?',
    passages: [
      'Die Kündigung eines Mietvertrags muss schriftlich erfolgen und beim Vermieter bis zum dritten Werktag eingehen.',
      'Die gesetzliche Frist für Mieter beträgt drei Monate.',
      'Das Rezept verlangt zwei Eier, eine Tasse Mehl und eine Prise Salz.',
    ],
  },
  {
    query: 'Quelle est la capitale de la France ?',
    passages: [
      'Paris est la capitale de la France et sa plus grande ville.',
      'La Loire est le plus long fleuve de France ; elle se jette dans l’océan Atlantique.',
      'Le marché ouvre tous les samedis à huit heures du matin.',
    ],
  },
  {
    query: '¿Cómo se hace el pan de masa madre?',
    passages: [
      'El pan de masa madre fermenta despacio con harina, agua, sal y levaduras silvestres.',
      'La masa reposa toda la noche antes de entrar en el horno muy caliente.',
      'El equipo ganó la final después de una larga tanda de penaltis.',
    ],
  },
  {
    query: '如何备份数据库？',
    passages: [
      '备份数据库时，应先创建一致的快照，然后把快照复制到另一台机器上。',
      '定期恢复测试可以证明备份是可用的。',
      '秋天的山谷里开满了黄色的花。',
    ],
  },
  {
    query: 'Почему небо голубое?',
    passages: [
      'Небо кажется голубым, потому что воздух рассеивает короткие волны света сильнее длинных.',
      'На закате свет проходит больший путь, и синяя часть рассеивается полностью.',
      'Библиотека открыта ежедневно, кроме понедельника.',
    ],
  },
];

/** Documents in a request: a single one, a usual page of results, a long one. */
const SIZES = [1, 8, 32];

/** Passages in a document; most are short, as chunks are. */
const LENGTHS = [1, 1, 2, 1, 6, 1, 3, 1];

/** Always the same requests: every language in every size, with documents of very different lengths. */
export function multilingualRequests(): RerankBody[] {
  return topics.flatMap(({ query }, topic) =>
    SIZES.map((size) => ({
      query,
      documents: Array.from({ length: size }, (_, index) => composeDocument(topic, size, index)),
    })),
  );
}

/** Every other document is about the question; the number at the end makes each of them unique. */
function composeDocument(topic: number, size: number, index: number): string {
  const { passages } = pick(topics, index % 2 === 0 ? topic : topic + index);
  const length = pick(LENGTHS, index + size + topic);
  const text = Array.from({ length }, (_, part) => pick(passages, index + part)).join(' ');
  return `${text} (${topic}.${size}.${index})`;
}

function pick<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}
