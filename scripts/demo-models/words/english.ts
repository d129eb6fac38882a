import type { WordTiers } from './tiers.ts';

/** English words which say little about a topic. Contractions appear as the pieces left of the apostrophe. */
export const english: WordTiers = {
  function: `
    a an the this that these those i me my mine myself you your yours yourself he him his himself she her hers
    herself it its itself we us our ours ourselves they them their theirs themselves who whom whose which what
    when where why how and or nor not no but if then than so as at by for from in into of off on onto out over
    to up with without within about above across after against along among around before behind below beneath
    beside besides between beyond during except inside near outside since through throughout toward towards
    under until upon via per while whereas although though because unless whether am is are was were be been
    being do does did done doing have has had having will would shall should can could may might must ought
    don doesn didn isn aren wasn weren hasn haven hadn couldn wouldn shouldn ll ve re im cannot there here all
    any both each either every everyone everything few many more most much neither none other others another
    some someone something such same several too very just only also even ever never always often sometimes
    again already almost still yet else rather quite perhaps maybe however therefore thus hence instead
    anything nothing nobody anyone let please yes own s t m etc eg ie vs`,
  framing: `
    mean means meaning called name names named define defined definition explain explained describe described
    tell show shows list give given gives get gets getting got happen happens happened happening make makes
    made making use uses used using useful need needs needed want wants know known knows like become becomes
    became look looks take takes taken taking come comes came go goes going went put keep keeps work works
    working worked way ways thing things kind kinds type types sort difference differences different
    differently best better good well bad worse worst new old big small large little great long short high low
    many main important possible able example examples first second last next one two three four five six
    seven eight nine ten really usually typically generally around usual common commonly help helps helped
    safe reason reasons purpose role fact facts information question questions answer answers steps tips guide
    overview introduction benefit benefits advantages disadvantages affect affects affected cause causes
    caused causing due lead leads find finds found finding tall deep fast quickly soon back away down now
    today often start starts started begin begins began end ends today ago enough less least part parts`,
  common: `
    people person man men woman women child children time times year years day days week weeks month months
    hour hours minute minutes world country countries city cities town house home room place places state
    states life living live lives food eat water air body human humans number numbers group groups company
    companies business money price prices cost costs pay system systems problem problems program process point
    points case cases side head hand hands eye eyes word words book books story line lines car cars school
    student students job family friend friends night morning evening summer winter spring early late open
    close closed free full young right left north south east west white black red green blue change changes
    changed move moves run runs running turn turns play plays read reading write writing written buy sell sold
    build built increase increases decrease reduce reduces grow grows set sets send sent stop stops learn
    prevent prevents treat treated protect form forms formed produce produces produced create created develop
    developed include includes contain contains consist call provide support level amount rate size
    area region million percent century user users area popular famous during several major public say says said
    think thinks thought feel feels felt ask asked leave leaves left bring brings brought turn hold holds held
    allow allows happy order service wait stand stands watch follow follows full idea sure`,
};
