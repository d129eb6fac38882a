/** English nouns whose plurals follow the rule, whitespace-separated. */
export const englishNouns = `
  ability absence academy accent access accident account accusation achievement acid act action activity actor ad
  addition address administration administrator adult advance adventure advertisement advice affair age agency agent
  agreement agriculture aid aim air aircraft airline airport alarm album alcohol algorithm alliance allegation ally
  alternative altitude ambition amendment analysis analyst ancestor angel anger angle animal anniversary announcement
  answer ant anxiety apartment apology apparatus appeal appearance apple appliance application appointment approach
  approval architect architecture archive argument arm army array arrangement arrest arrival arrow art article artist
  aspect assault assembly assessment asset assignment assistance assistant association assumption atmosphere atom attack
  attempt attention attitude attorney attraction attribute auction audience audit author authority automation average
  award awareness axis baby background bacteria bag balance ball balloon ban banana band bank banker bar barrier base
  baseball basis basket basketball bath bathroom battery battle beach bean bear beard beast beat beauty bed bedroom bee
  beef beer behavior belief bell belt bench benchmark bias bike bill bird birth birthday bishop bit bite blade blanket
  block blog blood board boat bomb bond bone bonus boot border boss bottle bottom boundary bowl box boy brain branch
  brand bread break breakfast breast breath breed brick bridge broadcast brother browser brush bubble bucket budget bug
  building bulb bullet bunch burden bureau burn bus bush butter butterfly button buyer byte cabin cabinet cable cache
  cake calculation calendar camera camp campaign campus canal cancer candidate candle candy cap capability capacity
  capital captain capture carbon card care career carrier carrot cash cast castle cat category cathedral cattle ceiling
  celebration celebrity cell center century ceremony certificate chain chair chairman challenge chamber champion
  championship chance channel chapter character charge charity charm chart chat cheese chef chemical chemistry chest
  chicken chief chip chocolate choice church cigarette cinema circle circuit circumstance citizen civilization claim
  class classic classroom clause clay click client cliff climate clinic clip clock cloth clothes cloud club clue cluster
  coach coal coalition coast coat code coefficient coffee coin collaboration colleague collection collector college
  colony color column combat combination comedy comfort command comment commerce commission commitment committee
  communication community comparison compensation competition complaint complex complexity component compound
  compression computer concentration concept concern concert conclusion concrete condition conference confidence
  configuration confirmation conflict confusion connection consciousness consensus consequence conservation
  consideration constant constitution constraint construction consultant consumer consumption contact container content
  contest context continent contract contractor contrast contribution control convention conversation conversion cook
  cookie copper copy core corn corner corporation correction correlation corruption cost cotton council counsel count
  counter couple courage course court cousin cover coverage cow creation creature credit crew crime criminal crisis
  criterion critic criticism crop cross crowd crown crystal culture cup currency current curriculum curve custom customer
  cut cycle dad dance danger dark data database dataset date daughter dawn dead deal dealer death debate debt decade
  decision deck declaration decline decoration deer default defeat defect defense deficit definition degree delay
  delegate delegation delivery demand democracy demonstration density dentist department dependence deposit depression
  depth deputy derivative description desert design designer desire desk destination destruction detail detection
  detective determination developer development device diagnosis diagram dialogue diamond diet dimension dinner director
  directory dirt disability disaster discipline discount discovery discussion disease dish disk disorder display dispute
  distance distinction distribution district diversity dividend division divorce doctor doctrine document documentation
  dog dollar domain domination donation door dose doubt dozen draft drama drawing dream dress drink driver drop drug drum
  duck duration dust duty ear earnings earth earthquake ease eclipse economics economist economy edge edition editor
  education effect efficiency effort egg election electricity electron element elephant elevator emergency emission
  emotion emperor emphasis empire employee employer employment enemy energy engine engineer engineering enterprise
  entertainment enthusiasm entity entrance entry envelope environment enzyme episode equality equation equipment era
  error escape essay essence establishment estate estimate ethics evaluation evening event evidence evolution exam
  examination excellence exception exchange excitement execution executive exercise exhibition existence expansion
  expectation expedition expenditure expense experience experiment expert expertise explanation exploration explosion
  export exposure expression extension extent extraction extreme fabric facility factor factory faculty failure faith
  fame fan fantasy farm farmer fashion fat fate father fault favor fear feather feature federation fee feedback feeling
  fence festival fever fiber fiction field fight fighter figure file film filter finance fire firm fish flag flame flash
  flavor flight flood floor flour flow flower fluid focus folder folk football force forecast forest formation formula
  fortune forum foundation fraction fracture fragment frame framework fraud freedom frequency friction friendship frog
  front fruit fuel fun function fund funeral furniture future galaxy gallery game gang gap garage garden gas gate gear
  gender gene generation generator genius genre gentleman geography geometry gesture ghost giant gift girl glacier gland
  glass globe glory goal goat god gold golf good government governor grace grade graduate grain grammar grandfather
  grandmother grant graph graphic grass gravity grid grief ground growth guarantee guard guess guest guidance guideline
  guilt guitar gun guy gym habit hair half hall hammer harbor hardware harm harmony hat hate hazard headline
  headquarters health hearing heart heat heaven height helicopter hell helmet heritage hero highlight highway hill hint
  hip historian history hit hobby hole holiday honey honor hope horizon hormone horror horse hospital host hotel
  household housing human humor hunter husband hydrogen hypothesis ice icon identification identity illness illusion
  image imagination immigrant immigration impact implementation implication import importance impression improvement
  incident income independence index indication indicator individual industry infection inflation influence
  infrastructure ingredient inhabitant initiative injury innovation input inquiry insect inside insight inspection
  inspiration installation instance instinct institute institution instruction instrument insurance integration integrity
  intelligence intensity intention interaction interest interface internet interpretation interval intervention interview
  introduction invasion invention inventory investigation investigator investment investor invitation iron island isolation
  issue item jacket jail joint joke journal journalist journey joy judge judgment juice jump jungle jury justice kernel
  key keyboard kidney killer king kingdom kiss kitchen knee knife knight knowledge lab label labor laboratory lack ladder
  lady lake lamp landing landscape language laptop laser laughter launch law lawsuit lawyer layer layout leader leadership
  leaf league leather lecture leg legacy legend legislation lemon length lesson letter liability liberty library licence
  license lie lifestyle lifetime light limit limitation link lion lip liquid liquor literature liver load loan lobby
  location lock logic look loop lord loss lot love lover luck lunch lung luxury machine machinery magazine magic magnet
  mail mainstream maintenance majority maker mall management manager manner manufacturer manuscript map margin mark market
  marketing marriage mask mass master match mate material mathematics matrix matter maximum mayor meal measure
  measurement meat mechanic mechanism medal media medicine meeting member membership memory mention menu merchant mercy
  merit mess message metal metaphor meter method metric microscope microwave middle migration mile military milk mill mind
  mine mineral minimum minister ministry minority mirror missile mission mistake mix mixture mobile mode model moderate
  modification module molecule mom moment monitor monk monkey monster mood moon moral mortgage mother motion motivation
  motor mountain mouse mouth movement movie muscle museum music musician mystery myth nail narrative nation nationality
  nature navy necessity neck neighbor neighborhood nerve nest network neuron news newspaper night nitrogen noise nominee
  norm nose note notebook notice notion novel nucleus nurse nut nutrient nutrition oak object objection objective
  obligation observation observer obstacle occasion occupation occurrence ocean offense offer office officer official
  oil onion opening opera operation operator opinion opponent opportunity opposition option orange orbit orchestra
  organ organisation organism organization orientation origin outcome outlet outline output outside oven owner ownership
  oxygen pace pack package page pain paint painter painting pair palace palm pan panel panic paper paragraph parameter
  parent parish park parking parliament participant participation particle partner partnership party passage passenger
  passion passport password past pasta patch patent path patience patient pattern payment peace peak peer pen penalty
  pencil pension pepper percentage perception performance period permission permit personality personnel perspective pet
  phase phenomenon philosopher philosophy phone photo photograph photographer phrase physician physicist physics piano
  picture pie piece pig pile pill pilot pin pine pipe pipeline pitch pixel pizza plain plan plane planet plant plastic
  plate platform player pleasure plot plug pocket poem poet poetry poison pole police policeman policy politician
  politics poll pollution pool pope population port portfolio portion portrait position possession possibility post pot
  potato potential pound poverty powder power practice prayer preacher precedent precision prediction preference
  pregnancy premise premium preparation presence present presentation president press pressure prey pride priest prince
  princess principle print printer priority prison prisoner privacy privilege prize probability procedure proceeding
  processor producer product production profession professional professor profile profit programmer programming progress
  project projection promise promotion proof property proportion proposal prosecutor prospect protection protein protest
  protocol province provision psychologist psychology pub publication publicity publisher pulse pump punishment pupil
  purchase pyramid quality quantity quarter queen query quest queue quota quote rabbit race racism radar radiation
  radical radio rail railroad railway rain range rank ranking rat ratio ray reach reaction reactor reader reality realm
  rebel receipt receiver reception recipe recipient recognition recommendation record recording recovery recruit
  reduction reference referendum reflection reform refugee regime register registration regression regulation regulator
  rehabilitation reign rejection relation relationship release relevance relief religion remark remedy reminder removal
  rent repair repeat replacement reply report reporter representation representative republic reputation request
  requirement rescue research researcher reserve reservoir residence resident resistance resolution resort resource
  respect respondent response responsibility restaurant restoration restriction result retail retailer retirement return
  revelation revenue review revolution reward rhythm rice rider rifle ring riot ripple risk ritual rival river road robot
  rock rocket role roll roof root rope rose round route router routine row ruin rule ruler rumor sacrifice saint salad
  salary sale salt sample sanction sand sandwich satellite satisfaction sauce saving scale scandal scenario scene
  schedule scheme scholar scholarship science scientist scope score scream screen script sculpture sea seal search season
  seat second secret secretary section sector security seed segment selection self semantics senate senator sense
  sensitivity sensor sentence sentiment sequence series servant server session setting settlement shade shadow shake shape
  share shareholder shark sheep sheet shelf shell shelter shield shift ship shirt shock shoe shop shopping shore shot
  shoulder show shower sibling sight sign signal signature silence silk silver similarity singer sink sister site
  situation skill skin sky slave slavery sleep slice slide slope slot smell smile smoke snake snow soap soccer society
  sock software soil soldier solution son song soul sound soup source space speaker specialist species specification
  spectrum speech speed spell spelling sphere spider spirit split spoon sport spot spouse spread squad square stability
  stadium staff stage stair stake stamp standard star statement station statistic statue status steam steel stem step
  stick stimulus stock stomach stone storage store storm strain strand stranger strategy stream street strength stress
  stretch strike string strip stroke structure struggle studio stuff style subject submission subscription substance
  substitute suburb success succession suffering sugar suggestion suit sum summary summit sun supermarket supervisor
  supply supporter supporting surface surgeon surgery surprise survey survival survivor suspect suspension sweat sword
  symbol symmetry sympathy symptom syndrome syntax synthesis table tablet tactic tail talent tale talk tank tap tape
  target task taste tax taxi tea teacher team tear teaching technician technique technology telephone telescope television
  temperature template temple tendency tennis tension tent term terminal territory terror terrorism terrorist test
  testament testimony text textbook texture theater theme theology theorem theory therapist therapy thesis thought thread
  threat threshold throat throne thumb ticket tide tie tiger timber tip tire tissue title tobacco toe toilet token tomato
  tone tongue tool tooth topic torture total touch tour tourism tourist tournament tower toy trace track tractor trade
  trader tradition traffic tragedy trail train trainer training trait transaction transcript transfer transformation
  transition translation transmission transport transportation trap trauma travel treasure treasury treaty tree trend
  trial triangle tribe tribute trick trip triumph troop trouble truck trunk trust truth tube tumor tunnel turkey tutorial
  twin twist tyre uncertainty uncle union unit unity universe university update upgrade usage utility vacation vaccine
  vacuum valley value valve van variable variant variation variety vector vegetable vehicle vein vendor venture venue
  verdict version vessel veteran vice victim victory video view viewer village violation violence violin virtue virus
  vision visit visitor vitamin vocabulary voice volcano volume volunteer vote voter voyage wage wagon waist wall war
  warehouse warning warrior waste watch wave wax weakness wealth weapon weather web website wedding weekend weight welfare
  whale wheat wheel whisper widow width wife wilderness wildlife win wind window wine wing winner wire wisdom wish witch
  witness wolf wonder wood wool workplace workshop worm worry worship wound wrist writer yard yield youth zone zoo`;
