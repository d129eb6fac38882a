/** English verbs whose forms follow the rule, whitespace-separated. */
export const englishVerbs = `
  abandon absorb accelerate accept access accompany accomplish account accumulate achieve acknowledge acquire act
  activate adapt add address adjust administer admire admit adopt advance advertise advise advocate affect afford agree
  aim alert allocate allow alter amend analyze announce annoy answer anticipate apologize appeal appear apply appoint
  appreciate approach approve argue arrange arrest arrive ask assemble assert assess assign assist associate assume
  assure attach attack attempt attend attract attribute authorize automate avoid await award back bake balance ban bark
  base bear beg behave believe belong bend benefit bet bind bite blame blend bless block bloom blow boil boost borrow
  bother bounce bow break breathe brief broadcast browse brush burn bury calculate call calm cancel capture care carry
  carve cast catch categorize celebrate challenge charge chase chat cheat check cheer chew choose circulate cite claim
  clarify classify clean clear click climb cling coach collaborate collapse collect combine command comment commit
  communicate compare compete compile complain complete comply compose compress compromise compute conceal concede
  conceive concentrate conclude conduct configure confirm conflict confront confuse connect conquer consider consist
  constitute construct consult consume contact contain contend continue contract contrast contribute control convert
  convey convince cook cool cooperate coordinate cope copy correct correlate correspond count cover crack crash crawl
  create cross crush cry cultivate cure cut cycle damage dance dare deal debate decide declare decline decorate decrease
  dedicate deem defeat defend define delay delegate delete deliver demand demonstrate deny depart depend depict deploy
  deposit derive describe deserve design desire destroy detail detect determine develop devise devote differ
  differentiate dig diminish direct disagree disappear discard discipline disclose discount discover discuss dismiss
  display dispose dispute dissolve distinguish distribute disturb dive divide divorce document dominate donate double
  doubt download draft drag drain draw dream dress drift drink drive drop drown dry dump earn ease edit educate elect
  eliminate embed embrace emerge emit emphasize employ empower enable encode encounter encourage end endorse endure
  enforce engage enhance enjoy enlarge ensure enter entertain entitle equip erase escape establish estimate evaluate
  evolve examine exceed exchange exclude execute exercise exhaust exhibit exist expand expect experience experiment
  explain exploit explore export expose express extend extract face facilitate fade fail fall fancy farm favor fear
  feature feed fetch fight figure file fill filter finance find fine finish fire fit fix flash flee float flood flow
  fly focus fold follow force forecast forget forgive form format formulate foster found frame free freeze frighten
  fry fuel fulfill function fund furnish gain gather gaze generate govern grab grade grant grasp greet grind grip grow
  guarantee guard guess guide halt hand handle hang happen harm harvest hate haul head heal hear heat hesitate hide
  highlight hinder hire hit honor hope host hug hunt hurry hurt identify ignore illustrate imagine imitate impact
  implement imply import impose impress improve incline include incorporate increase incur indicate infect infer
  influence inform inherit inhibit initiate inject injure innovate inquire insert insist inspect inspire install
  instruct insulate insult insure integrate intend interact interest interfere interpret interrupt intervene interview
  introduce invade invent invest investigate invite involve isolate issue join joke judge jump justify keep kick kill
  kiss kneel knit knock know label lack land last laugh launch lay lead leak lean leap learn lend level license lie
  lift light limit link list listen live load loan locate lock log look lose love lower maintain manage manipulate
  manufacture march mark market marry mask master match matter measure melt memorize mention merge migrate mine
  minimize miss mix model modify monitor motivate mount mourn multiply murder nail name narrow need neglect negotiate
  nod nominate normalize note notice notify number obey object oblige observe obtain occupy occur offend offer open
  operate oppose optimize order organize orient originate outline overcome overlook overwhelm owe own pack paint park
  parse participate pass paste pause peak perceive perform permit persist persuade phone photograph pick pile place
  plan plant play plead please plot plug point polish pop populate portray pose possess post postpone pour practice
  praise pray preach precede predict prefer prepare prescribe present preserve press pretend prevail prevent print
  proceed process proclaim produce program progress prohibit project promise promote prompt pronounce propose
  prosecute protect protest prove provide provoke publish pull pump punish purchase pursue push qualify query question
  queue quit quote race raise range rank rate reach react read realize rear reason rebuild recall receive recognize
  recommend reconcile reconstruct record recover recruit recycle reduce refer refine reflect reform refuse regain
  regard register regret regulate reinforce reject relate relax release relieve rely remain remark remember remind
  remove render renew rent repair repeat replace replicate reply report represent reproduce request require rescue
  research resemble reserve reset reside resign resist resolve respect respond rest restart restore restrain restrict
  result resume retain retire retreat retrieve return reveal reverse review revise revive reward rid ride ring rise
  risk roast rob rock roll rotate round rub ruin rule rush sail satisfy save scan scare schedule scold score scrape
  scratch scream search secure seek seem select separate serve settle shake shape share shed shelter shift shine ship
  shock shoot shop shout show shrink shut sigh sign signal simplify simulate sing sink sit skip sleep slice slide slip
  slow smell smile smoke smooth snap soak solve sort sound spare spark speak specialize specify spell spend spill spin
  split spoil sponsor spot spray spread squeeze stabilize stack staff stain stamp stare starve state stay steal steer
  stem step stick stimulate stir store strain strengthen stress stretch strike strip strive structure struggle study
  submit subscribe substitute succeed sue suffer suggest suit summarize supervise supply support suppose suppress
  surprise surrender surround survey survive suspect suspend sustain swallow swear sweep swim swing switch synthesize
  tackle talk tap target taste teach tear tease tempt tend terminate test thank threaten throw tie time tip tire
  tolerate touch tour toss trace track trade train transfer transform translate transmit transport trap travel treat
  trigger trim trust try tune type undergo undermine understand undertake unfold unify unite update upgrade uphold
  upload urge utilize validate vanish vary venture verify view violate visit visualize volunteer vote wake walk wander
  warm warn wash waste weaken wear weigh welcome whisper widen win wind wipe wish withdraw witness wonder worry worship
  worsen wrap yell yield`;

/** Forms of English verbs that follow no rule. */
export const irregularForms = `
  arose arisen awoke beaten became began begun bent bit bitten bled blew blown bore born bound bought bred broke broken
  brought built burnt came caught chose chosen clung crept dealt did done dove drank drawn dreamt drew driven drove drunk
  dug ate eaten fed fell fallen felt fled flew flown forbidden forgave forgiven forgot forgotten fought found froze frozen
  gave given gone got gotten grew grown heard held hid hidden hung kept knelt knew known laid lain led lent lit lost made
  meant met mistaken overcame overthrown paid proven ran rang ridden risen rode rose rung said sang sank sat saw seen sent
  sewn shaken shone shook shot shown shrank slain slept slid sold sought sown spat spent spoke spoken sprang sprung spun
  stole stolen stood strode struck stuck stung sung sunk swam swept swore sworn swum swung taken taught thought threw
  thrown told took tore torn understood undertook undertaken underwent went withdrawn withdrew woke woken won wore worn
  wound wove woven written wrote children feet geese indices lives matrices men mice oxen selves teeth vertices wives
  wolves women analyses bases crises criteria data hypotheses media phenomena theses`;
