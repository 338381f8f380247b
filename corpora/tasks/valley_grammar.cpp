#include "corpora/tasks/valley_grammar.h"

namespace rmt::corpora {

namespace {

constexpr std::string_view kRules = R"(
sentence = <statement> . | <statement> . | <statement> . | <time> , <statement> . | <statement> , and <core> .
         | <statement> , but <core> . | <statement> ; <core> . | <time> , <core> , and <core> .
         | <when> <core> , <core> . | <core> <link> <core> . | <person> <said> that <statement> .
         | <person> <said> that <core> , but <few> believed it . | nobody <where> <knew> why <core> .
         | in the year <year> , <statement> . | there were <count> <things> <where> , and <core> .
         | of the <count> <things> <where> , only <small> were <state> .
         | the <object> weighed <count> pounds and cost <count> <coins> .
         | from <town> to <town> it was <count> miles , and <core> .
         | what <person> <wanted> was <article> , <article> and <count> <things> .
         | <name> , who <trait> , <predicate> . | <name> , a <role> from <town> , <predicate> .
         | first <core> , then <core> , and at last <core> . | neither <person> nor <person> <knew> whether <core> .
         | was it true that <core> ? | <weather> , so <core> . | <weather> . | <weather> , and <weather> .
         | the <site> of <town> was <site-state> , <small> <measure> wide and <small> <measure> long .
         | <count> <people> <plural-predicate> . | <count> <people> and <count> <beasts> <moved> <path> .
         | as <person> used to say , <saying> . | <saying> , and <person> <said> so too .
         | <person> asked <person> why <core> . | to <person> it seemed that <core> .
         | if <person> had <known> that <core> , <person> would have <stayed> <where> .
         | the <adjective> <object> <stood> <where> , and beside it <stood> <article> .
         | <person> would not <do> until <core> . | it took <person> <small> <units> to <do> .
statement = <core> | <core> | <core> <time> | <core> <manner> | <core> , <while-doing> | <core> with <company>
          | <core> for the <ordinal> time | <core> , or so <person> <said> | <core> , as <people> do <time>
core = <person> <predicate> | <person> <predicate> | <person> <predicate> | <name> and <name> <plural-predicate>
     | the <object> <stood> <where> | the <adjective> <object> <stood> <where>
     | the <beast> of <person> <beast-did> <where> | <small> <beasts> <beast-did> <where>
     | the <adjective> <beast> <beast-did> <path> | the <people> of <town> <plural-predicate>
     | <count> <things> <stood> <where> | the <news> about the <object> reached <town>
     | the <site> <where> belonged to <person> | the <way> to <town> was <way-state>
     | the price of <goods> <changed> to <count> <coins> | a <role> named <name> <predicate>
plural-predicate = <predicate> | <predicate> together | quarrelled about <article> | shared <small> <things>
                 | <moved> <path> one behind the other | agreed on <count> <coins> for the <object>
predicate = <moved> <path> | <moved> <path> | <moved> <path> <manner> | <moved> <path> with <article>
          | <handled> <article> | <handled> <article> <where> | <handled> the <object> of <person>
          | <handled> <small> <things> | <manner> <handled> the <adjective> <object> | <gave> <article> to <person>
          | <gave> <person> <small> <things> | <met> <person> <where> | counted <count> <things> <where>
          | bought <small> <things> for <count> <coins> | sold <article> to <person> for <count> <coins>
          | <sat> <where> and <spoke> of <topic> | <spoke> with <person> about <topic>
          | <sat> <where> for <small> <units> | learned to <do> | promised to <do> | forgot to <do>
          | <liked> <topic> | <moved> <path> to <do> | owed <person> <count> <coins> | painted the <object> <colour>
          | waited for <person> <where> | dreamed of <topic> | wrote <small> letters to <person>
          | found <article> <where> | lost <article> <where> | looked for <person> <where>
while-doing = <doing> all the while | <doing> as always | <doing> and <doing> | still <doing>
            | and then the <object> <broke> | which surprised <person> | which pleased <people> | never <doing>
company = <person> | <small> <people> | <article> | the <beast> of <person> | <small> <beasts> | <goods>
weather = the <weather-thing> <came> from the <compass> | it <rained> <where> <time>
        | the sky over <town> turned <colour> | the <weather-thing> lasted <small> <units>
        | the river rose by <small> <measure> | no <weather-thing> <came> <time>
        | the moon <stood> low over the <site> | the ice <where> was <small> <measure> thick
        | the <weather-thing> took the roof from the <site>
saying = the <way> is longer than the <season> | a <object> is no <object> | who sells <goods> must buy <goods>
       | <small> <beasts> are better than a <object> | no <site> without a <role> | the <beast> knows the <way>
       | the <weather-thing> asks nobody | bread comes before <goods> | a <role> needs <small> hands
trait = had one arm | never slept | spoke <small> languages | was <count> years old | had grown up in <town>
      | feared the <weather-thing> | could not swim | owned <small> <beasts> | had <small> children | loved <goods>
      | knew every <site> | was the <kin> of <name> | kept <beasts> | wore a <colour> coat | limped a little
do = mend the <object> | carry <goods> to <town> | read the <news> | feed the <beasts> | count the <things>
   | build <article> | paint the <object> | row across the <way> | sing about the <event> | sell the <beast>
   | weigh the <goods> | answer <person> | open the <object> | wait for <person> | climb to the <site>
   | sleep <where> | buy some <goods> | walk <path> | visit <person> | forgive <person> | measure the <site>
doing = singing of <topic> | carrying <article> | humming a tune | looking for <person> | laughing at <person>
      | leaning on a <object> | thinking of <topic> | counting <things> | eating some <goods> | holding <article>
      | leading <small> <beasts> | cursing the <weather-thing> | dragging <article> | talking about <topic>
topic = the <event> | the <object> of <person> | the price of <goods> | <goods> and <goods> | the <weather-thing>
      | the <way> to <town> | <person> | the <news> from <town> | <small> <things> | the year <year>
article = a <adjective> <object> | the <adjective> <object> | a <object> | the <object> | <small> <things>
        | a <object> of <material> | the <object> of <material> | some <goods> | a <measure> of <goods>
        | the <ordinal> <object> | another <object> | every <object> | a <object> and some <goods>
where = <prep> the <site> | <prep> the <site-kind> <site> | <prep> the <site> of <town> | near <town> | in <town>
      | <prep> the <site> of <person> | <side> the <way> | on the <way> to <town> | between <town> and <town>
      | <prep> the <ordinal> <site>
path = to the <site> | to the <site> | to the <site-kind> <site> | to <town> | from <town> to <town>
     | towards the <site> | along the <way> | across the <way> | back to <town> | past the <site> of <town>
     | up the <way> to the <site> | down the <way> | through the <site> | as far as the <site> | into the <site>
time = in the <season> | on <weekday> | at <hour> | before <hour> | after <hour> | <small> <units> later
     | every <weekday> | in <month> | on the <ordinal> of <month> | one <season> <daypart> | that <daypart>
     | the next <daypart> | after <small> <units> | for <small> <units> | during the <event> | before the <event>
     | in the year <year> | late one <daypart> | <small> <units> before the <event> | since the <event>
person = <name> | <name> | <name> | the <role> | the <role> | the <quality> <role> | the <role> of <town>
       | the <quality> <role> of <town> | the <kin> of <name> | <name> the <role> | <name> of <town>
       | the <ordinal> <role> | a <role> from <town> | the <kin> of the <role> | old <name> | young <name>
known = heard | guessed | known | been told | dreamed | understood | feared
stayed = stayed | slept | waited | hidden | rested | remained | settled | worked
when = when | before | after | because | although | while | as soon as | long before | soon after | whenever
link = because | while | although | until | as | before | after | so that | whenever | even though | as if | unless
few = few | nobody | only <name> | not even <name> | hardly <name> | everybody | the <people> of <town>
said = said | claimed | wrote | swore | believed | thought | shouted | whispered | noticed | heard | dreamed
     | remembered | complained | repeated | explained | denied | supposed | admitted | insisted
knew = knew | understood | asked | could say | remembered | cared | wondered | found out | would tell
wanted = wanted | needed | missed | asked for | expected | feared | wished for | carried | brought | lacked
moved = travelled | went | walked | ran | hurried | rode | sailed | crept | wandered | marched | climbed | moved
      | returned | rowed | limped | drove | slipped | strolled | came | set out | journeyed | fled | stumbled
      | galloped
handled = carried | mended | broke | painted | lifted | cleaned | hid | borrowed | stole | weighed | sharpened
        | dropped | buried | burned | polished | pawned | tied up | unwrapped | examined | admired | kicked | filled
        | emptied | repaired | dragged | measured | drew | washed | hung up | nailed down | opened | locked
        | covered
gave = gave | sold | lent | offered | showed | promised | brought | sent | handed | left | returned | owed
met = met | greeted | avoided | followed | helped | saw | visited | scolded | thanked | paid | hired | teased
    | recognised | photographed | invited | passed | found | joined | cheated | nursed
sat = sat | stood | rested | worked | waited | slept | knelt | lingered | hid | camped | stayed | lay
spoke = spoke | sang | complained | talked | dreamed | wrote | joked | argued | boasted | read aloud | told stories
liked = liked | hated | praised | feared | studied | laughed at | described | missed | ignored | remembered | cursed
stood = stood | lay | leaned | hung | remained | waited | rusted | gleamed | rotted | was hidden | was left | rested
broke = broke | fell over | caught fire | came loose | began to creak | sank | vanished | split in two | jammed
beast-did = grazed | slept | barked | wandered | ran | drank | rested | hid | swam | sneezed | fought | limped
changed = rose | fell | went up | dropped | climbed | sank | went back | jumped | shrank
came = came | rolled in | blew | crept up | arrived | moved in | broke in | swept down
rained = rained | snowed | hailed | thundered | froze | drizzled | stormed | thawed
prep = in | behind | beside | near | by | at | below | above | in front of | outside | inside | beyond | opposite
side = beside | along | by | near | on | next to | far from | above
name = Oskar | Helga | Ines | Tobias | Marta | Leopold | Agnes | Bruno | Celia | Dorian | Edda | Felix | Greta
     | Hugo | Ida | Jasper | Katrin | Linus | Mirko | Nora | Otto | Petra | Quentin | Rosa | Stefan | Tilda | Ulrich
     | Vera | Wanda | Xaver | Yvonne | Zeno | Albin | Beate | Casimir | Dora | Emil | Frida | Gregor | Hanna | Igor
     | Jutta | Konrad | Lotte | Moritz | Nils | Olga | Pavel | Renata | Silvio
role = miller | fisher | teacher | baker | ferryman | shepherd | carpenter | clockmaker | postman | smith | weaver
     | doctor | captain | beekeeper | mason | tailor | innkeeper | forester | potter | cooper | sailor | printer
     | judge | cook | singer | hunter | piper | tanner | barber | glazier | roofer | pilgrim | merchant | mayor
     | gravedigger | lamplighter | surveyor | cobbler | midwife | painter | wagoner | tinker | ropemaker | clerk
people = millers | fishers | children | soldiers | sailors | strangers | pilgrims | neighbours | cousins | widows
       | students | farmers | merchants | musicians | masons | guests | thieves | travellers | girls | boys
       | weavers
quality = old | young | tired | clever | silent | cheerful | stubborn | lame | proud | shy | careless | honest
        | rich | poor | sleepy | generous | greedy | tall | short | nervous | patient | famous | deaf | lonely
        | bearded
kin = brother | sister | mother | father | uncle | aunt | daughter | son | cousin | nephew | niece | neighbour
    | grandmother | grandfather | friend | partner | apprentice | servant | tenant
town = Oldmere | Stonebridge | Fernhill | Lowick | Highwater | Marsh End | Wolden | Castor | Tarn | Redcliff | Ashby
     | Brunn | Salt Point | Elmstead | Northgate | Kirkwell | Hollow Ford | Greyharbour | Millbrook | Lindau
     | Three Oaks | Westerby | Saint Odo | Quarley | Pike Falls | Drybeck | Summerton | Vell | Orrin | Thornby
site = harbour | mill | market | church | inn | barn | orchard | quarry | bakery | well | tower | stable | cemetery
     | schoolhouse | forge | ferry landing | meadow | cellar | attic | shipyard | lighthouse | vineyard | chapel
     | town hall | tannery | granary | sawmill | brewery | ruin | fountain | workshop | hospital | post house | pier
     | station | theatre | library | bath house | dairy | pasture | fairground | toll gate | boathouse | castle
     | cave
site-kind = old | new | empty | narrow | dark | quiet | distant | ruined | busy | little | abandoned | wooden | cold
          | nearest | public | upper | lower | eastern | western | famous | half built | royal | burnt
site-state = empty | crowded | flooded | locked | on fire | newly painted | for sale | full of smoke | haunted
           | closed | under repair | covered with snow | falling down | open all night | guarded | full of <beasts>
way = road | river | path | bridge | canal | lane | valley | dam | hill | ridge | stream | railway | causeway
    | ditch | footpath | towpath | slope | pass | track | street | avenue | ford
way-state = muddy | blocked | icy | dusty | steep | narrow | flooded | closed until <month> | <count> miles long
          | full of <beasts> | lined with <things> | dangerous | quiet | well kept | covered with leaves
object = ladder | basket | boat | cart | barrel | table | mirror | hammer | saddle | blanket | clock | wheel | rope
       | map | knife | bucket | candle | chair | drum | sack | bell | door | key | bottle | letter | coat | anchor
       | broom | shovel | lamp | oven | book | flute | bench | wagon | sail | net | hat | stove | cradle | plough
       | scythe | telescope | picture | cage | chest | harness | mattress | painting | pump | pulley | sled | spade
       | statue | suitcase | sword | tent | trunk | wheelbarrow | windmill | compass | ledger | chimney | carpet
things = ladders | baskets | boats | carts | barrels | mirrors | hammers | saddles | blankets | clocks | wheels
       | ropes | maps | knives | buckets | candles | chairs | drums | sacks | bells | doors | keys | bottles
       | letters | coats | apples | eggs | nails | bricks | stones | planks | cheeses | loaves | lamps | books
       | feathers | coins | shoes | tiles | pears | cabbages | onions | ribbons | buttons | needles | barrows
       | shells | horseshoes | spoons
beast = horse | dog | cat | goat | mule | cow | goose | donkey | ox | pig | hen | raven | fox | sheep | pony | bear
      | owl | badger | heron | duck | stork | ferret
beasts = horses | dogs | cats | goats | mules | cows | geese | donkeys | oxen | pigs | hens | ravens | foxes | sheep
       | ponies | crows | swallows | ducks | storks | bees | rabbits | frogs | pigeons | sparrows
goods = salt | flour | wool | honey | iron | timber | wine | cheese | butter | barley | coal | cloth | oil | fish
      | tobacco | paper | leather | wax | rye | cider | sugar | glass | hay | tar | soap | linen | pepper | copper
adjective = old | new | heavy | small | broken | wooden | painted | rusty | round | narrow | long | cracked | worn
          | huge | dirty | empty | precious | strange | cheap | borrowed | useless | crooked | dusty | shining
          | forgotten | hollow | tiny | sturdy | striped | wet | charred | carved | square | foreign | lost | stolen
          | <colour>
state = broken | sold | missing | painted | new | worth a coin | stolen | burned | forgotten | wet | rusty
      | <colour> | paid for | made of <material> | usable | heavier than <material>
material = wood | iron | copper | stone | glass | leather | silver | clay | oak | straw | brass | bone | paper | tin
         | ivory | marble | wool | wax
colour = red | green | blue | yellow | black | white | brown | grey | orange | purple | pink | golden | silver
manner = slowly | quickly | carefully | in silence | at once | alone | with a sigh | gladly | in secret
       | without a word | by mistake | twice | once more | with great care | in the dark | half asleep | for nothing
       | barefoot | by boat | on foot | again and again | in a hurry | without help | as usual | under protest
       | in tears | by moonlight
event = fair | flood | wedding | harvest | great storm | election | funeral | war | fire | eclipse | strike | famine
      | carnival | trial | siege | regatta | auction | strange winter | feast of <month> | horse race | earthquake
news = news | rumour | letter | song | story | report | quarrel | message | newspaper | ballad | complaint | truth
weather-thing = rain | storm | fog | snow | frost | wind | thunder | hail | heat | drought | thaw | mist | sun
              | cold
compass = north | south | east | west | sea | hills | mountains | north east | south west | lake | forest
season = spring | summer | autumn | winter | rainy season | dry season
daypart = morning | evening | night | afternoon | noon
weekday = Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday
month = January | February | March | April | May | June | July | August | September | October | November | December
hour = dawn | noon | midnight | dusk | sunrise | sunset | supper | breakfast | <clock> o clock
clock = one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve
units = days | hours | weeks | months | years | minutes | nights | winters | summers
measure = feet | yards | inches | paces | barrels | sacks | spans | cords | bundles
coins = coins | crowns | pennies | thalers | florins | shillings | marks
ordinal = first | second | third | fourth | fifth | sixth | seventh | ninth | tenth | eleventh | twelfth | last
        | only
count = <small> | <hundreds>
hundreds = 15..999
small = two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | a dozen | twenty | thirty
      | forty | fifty | several | a few | <tens>
tens = 13..99
year = 1403..1962
)";

}  // namespace

std::string_view valley_grammar() {
  return kRules;
}

}  // namespace rmt::corpora
