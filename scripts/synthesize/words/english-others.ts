/** English adjectives, whitespace-separated; an adverb in -ly goes with most. */
export const englishAdjectives = `
  able absolute abstract academic acceptable accessible accurate active actual acute adequate administrative advanced
  adverse aesthetic affordable aggressive alive alone alternative amazing ambitious analogous ancient angry annual
  anonymous anxious apparent appropriate arbitrary artificial asleep associated atomic attractive automatic available
  aware awful bare basic beautiful beneficial biological bitter blank blind bold boring bound brave brief bright brilliant
  broad broken brown busy calm capable careful careless casual cautious central certain cheap chemical chief chronic civil
  classic classical clean clear clever clinical coastal coherent cold collective colonial comfortable commercial
  compact comparable comparative compatible competent competitive complete complex complicated comprehensive compulsory
  concerned concise concrete confident confidential confused conscious conservative considerable consistent constant
  constitutional contemporary content continuous contrary convenient conventional convincing cool correct corporate
  costly creative criminal critical crucial cruel cultural curious current customary cute daily dangerous dark dead deaf
  dear decent decisive deep defensive definite deliberate delicate delicious democratic dense dependent desirable
  desperate detailed determined different difficult digital diplomatic direct dirty discrete distant distinct diverse
  divine domestic dominant double dramatic dry dual due dull dynamic eager eastern easy ecological economic economical
  educational effective efficient elaborate elderly electric electrical electronic elegant eligible emotional empirical
  empty endless energetic enormous enthusiastic entire environmental equal equivalent essential eternal ethical ethnic
  evident evil evolutionary exact excellent exceptional excessive excited exciting exclusive existing exotic expensive
  experimental explicit extensive external extra extraordinary extreme fair faithful familiar fancy fantastic fatal
  favorable favorite federal fellow female fiscal fit fixed flat flexible fluid fond foolish foreign formal former
  forward fragile frequent fresh friendly frozen full functional fundamental funny furious future gastric generic
  generous genetic gentle genuine geographic geological giant glad global golden gradual grand graphic grateful grave
  gray greek grey gross guilty handsome handy happy hard harmful harsh healthy heavy helpful hidden historic historical
  hollow holy homeless honest horizontal horrible hostile hot huge humble hungry ideal identical idle illegal imaginary
  immediate immense imminent immune imperial impossible impressive inadequate incomplete incredible independent indigenous
  indirect individual industrial inevitable infinite influential informal inherent initial injured inner innocent
  innovative insufficient intact integral intellectual intelligent intense intensive interactive interested interesting
  interim intermediate internal international intimate invalid invisible irrelevant isolated jealous joint judicial junior
  just keen kind latent lateral latter lazy legal legislative legitimate lesser level liable liberal lightweight likely
  limited linear linguistic liquid literal literary lively local logical lone lonely loose loud lovely lower loyal lucky
  lunar mad magic magnetic magnificent major male mandatory manual marine marginal married massive mathematical mature
  maximum meaningful mechanical medical medieval medium mental mere metropolitan middle mild military minimal minimum
  minor missing mixed mobile moderate modern modest molecular monetary monthly moral motionless multiple municipal
  muscular musical mutual mysterious naked narrow nasty national native natural naval neat necessary negative nervous net
  neural neutral nice noble noisy nominal normal northern notable novel nuclear numerical numerous objective obscure
  obvious occasional odd offensive official okay ongoing online only operational opposite optical optimal optimistic
  optional oral ordinary organic original orthodox outdoor outer outstanding overall overseas painful pale parallel
  parliamentary partial particular passive past patient peaceful peculiar perfect periodic permanent persistent personal
  persuasive philosophical physical plain plastic pleasant pleased poetic polite political poor portable positive
  potential powerful practical precious precise predictable pregnant preliminary presidential previous primary prime
  primitive principal prior private privileged probable productive professional profitable profound progressive prominent
  promising prompt proper prospective protective proud provincial psychological public pure quick quiet radical random
  rapid rare rational raw ready real realistic rear reasonable recent redundant regional regular related relative
  relevant reliable religious reluctant remarkable remote repeated representative republican residential respective
  responsible revolutionary rich ridiculous rigid rigorous romantic rough round royal rude rural sacred sad scared
  scientific secondary secret secular secure semantic senior sensible sensitive separate serious severe sexual shallow
  sharp sheer shocked shy sick significant silent silly similar simple simultaneous single skilled sleepy slight slim
  slow smart smooth social soft solar sole solid sophisticated sore southern spare spatial special specific spectacular
  spiritual spontaneous stable standard static statistical statutory steady steep sticky stiff still straight
  straightforward strange strategic strict striking strong structural stubborn stupid subject subjective subsequent
  substantial subtle successful successive sudden sufficient suitable super superb superior supreme surprised surprising
  suspicious sustainable sweet swift symbolic sympathetic synthetic systematic tactical tame technical technological
  temporary tender tense terminal terrible theoretical thermal thick thin thirsty thorough tidy tight tiny tired total
  tough toxic traditional transparent tremendous tropical true twin typical ugly ultimate unable unaware uncertain
  uncomfortable underlying unemployed unexpected unfair unfortunate unhappy uniform unique universal unknown unlikely
  unnecessary unpleasant unusual upper upset urban urgent useless usual vague valid valuable variable vast verbal
  vertical viable vicious victorious violent virtual visible visual vital vivid vocal voluntary vulnerable warm weak
  wealthy weekly weird wet whole wicked wide widespread wild willing wise wonderful wooden worldwide worried worth worthy
  wrong yellow yearly`;

/** Names and other English words that are mostly written with a capital. */
export const englishNames = `
  monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
  october november december america american africa african asia asian europe european england english britain british
  scotland ireland irish france french germany german italy italian spain spanish portugal russia russian china chinese
  japan japanese india indian korea korean canada canadian australia australian mexico mexican brazil egypt israel jewish
  iran iraq turkey greece poland sweden norway denmark finland netherlands dutch belgium switzerland austria ukraine
  vietnam indonesia pakistan nigeria kenya london paris berlin rome madrid moscow beijing shanghai tokyo delhi york
  washington california texas florida chicago boston angeles francisco christian christ christmas islam islamic muslim
  catholic protestant bible jesus god internet google microsoft apple amazon facebook twitter wikipedia linux windows
  python java javascript typescript kubernetes docker github david john james robert michael william mary elizabeth
  george charles thomas henry peter paul mark daniel richard joseph anna maria smith johnson brown mr mrs dr st us uk eu
  un nato nasa api http https www com org html json xml url cpu gpu sql pdf usb dna rna covid ai ml nlp id ok tv`;

/** Endings and other inner pieces of English words which make new words of old. */
export const englishEndings = `
  s es ed d ing ings er ers or ors ly ness less ful able ible al ial ical ally ation ations ition ion ions ment ments
  ity ities ive ives ize izes ized izing ise ised ising ism isms ist ists ish ous ious ance ances ence ences ant ent ants
  ents ency ancy age ages ate ates ated ating ator ators ary ery ory ship ships hood dom ward wards wise like man men
  woman work works time day side land house way line book ground field town water fire light head hand back out up over
  ology ologist graph graphy gram meter metric scope phone port form forms ect ract tion sion ture ure ular ic ics id ide
  ine in on en y ie le el et th st nd rd ly un re al us um is a e i o ll ve re t m ph ch sh ck ng nt`;

/** Beginnings of English words. */
export const englishBeginnings = `
  un re in im il ir dis mis over under out up down pre pro post anti auto bio cardio chemo co con com contra counter cross
  cyber de electro ex extra geo hydro hyper hypo infra inter intra iso macro mega meta micro mid mini mono multi neo neuro
  non omni ortho para patho peri photo physio poly pseudo psycho quasi radio retro semi socio sub super sur syn techno
  tele thermo trans tri ultra uni vice`;
