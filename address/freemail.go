package address

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// IsPublicSuffix reports whether domains of many organizations are registered directly below a
// canonical domain, as below co.uk (publicsuffix.org).
func IsPublicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

// IsFreeMail reports whether anyone can get an address at a canonical domain, as at gmail.com.
func IsFreeMail(domain string) bool {
	for name := range strings.FieldsSeq(freeMailDomains) {
		if name == domain {
			return true
		}
	}
	suffix, _ := publicsuffix.PublicSuffix(domain)
	for name := range strings.FieldsSeq(freeMailFamilies) {
		if name+"."+suffix == domain {
			return true
		}
	}
	return false
}

// Mailbox returns the mailbox that a canonical address most likely delivers to: without what follows a
// plus sign and, at Gmail, without dots. Two addresses of one mailbox have the same.
func Mailbox(canonical string) string {
	at := strings.LastIndexByte(canonical, '@')
	if at < 0 {
		return canonical
	}
	local, domain := canonical[:at], canonical[at+1:]
	if name, _, tagged := strings.Cut(local, "+"); tagged && name != "" {
		local = name
	}
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// freeMailFamilies are the providers that have a domain in many countries.
const freeMailFamilies = "gmail googlemail yahoo ymail hotmail outlook gmx yandex aol protonmail" +
	" icloud"

// freeMailDomains are the domains of the world's large providers, by where they are used.
const freeMailDomains = `
live.com live.co.uk live.fr live.nl live.de live.it live.be live.se live.dk live.no live.ca
live.in live.jp live.com.au live.com.mx live.com.ar msn.com passport.com windowslive.com
me.com mac.com rocketmail.com aim.com love.com games.com wow.com verizon.net att.net
sbcglobal.net bellsouth.net comcast.net cox.net charter.net earthlink.net juno.com netzero.net
proton.me pm.me protonmail.ch tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me
fastmail.com fastmail.fm fastmail.net sent.com hey.com hushmail.com hush.com mailfence.com
posteo.de posteo.net posteo.org mailbox.org disroot.org riseup.net startmail.com runbox.com
countermail.com ctemplar.com skiff.com zoho.com zohomail.com zohomail.eu zoho.eu
mail.com email.com usa.com post.com europe.com asia.com iname.com consultant.com myself.com
engineer.com inbox.com lycos.com excite.com mail2world.com
web.de freenet.de t-online.de arcor.de email.de online.de vodafone.de magenta.de
orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr club-internet.fr
libero.it virgilio.it alice.it tin.it tiscali.it inwind.it iol.it fastwebnet.it
btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk o2.co.uk
tiscali.co.uk
bluewin.ch hispeed.ch sunrise.ch a1.net aon.at chello.at utanet.at
ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl telenet.be skynet.be proximus.be
telia.com bredband.net spray.se online.no tele2.se mail.dk
telefonica.net terra.es ono.com sapo.pt
wp.pl o2.pl interia.pl onet.pl onet.eu op.pl poczta.fm gazeta.pl vp.pl tlen.pl
seznam.cz email.cz centrum.cz post.cz volny.cz azet.sk zoznam.sk centrum.sk
freemail.hu citromail.hu abv.bg mail.bg inbox.lv inbox.lt inbox.eu mail.ee
mail.ru inbox.ru list.ru bk.ru internet.ru xmail.ru rambler.ru lenta.ru ro.ru ya.ru ukr.net i.ua
meta.ua bigmir.net tut.by
qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn wo.cn
aliyun.com tom.com 21cn.com vip.qq.com vip.163.com
naver.com daum.net hanmail.net kakao.com nate.com docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp
i.softbank.jp nifty.com excite.co.jp
rediffmail.com rediff.com indiatimes.com sify.com
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com oi.com.br
zipmail.com.br
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz
walla.co.il walla.com mynet.com maktoob.com webmail.co.za vodamail.co.za mweb.co.za
sympatico.ca rogers.com shaw.ca telus.net videotron.ca
duck.com simplelogin.com anonaddy.com anonaddy.me mozmail.com privaterelay.appleid.com
relay.firefox.com
mailinator.com guerrillamail.com sharklasers.com 10minutemail.com temp-mail.org tempmail.com
yopmail.com yopmail.fr trashmail.com maildrop.cc getnada.com dispostable.com throwawaymail.com
mailnesia.com mintemail.com
`
