"""Our IRIs as Python names, and the few terms of other vocabularies that our files and our code use.

Generated from ``ontology/``; never edited by hand. After a change of the ontology or of a vocabulary, or to use one
more term of another vocabulary (of those listed in ``tests/ontology/terms/``):

    python tests/test_terms.py --write

Each class is a namespace, ``ns`` its IRI; a name that Python keeps for itself ends with an underscore.

Example:
    >>> SKF.Story
    'https://w3id.org/sankofa/ontology#Story'
    >>> STATUS.published
    'https://w3id.org/sankofa/vocabulary/status/published'
"""

# ruff: noqa: N801, N815

from __future__ import annotations

from typing import Final


class SKF:
    """Our classes and properties."""

    ns: Final = "https://w3id.org/sankofa/ontology#"
    ActionPlan: Final = "https://w3id.org/sankofa/ontology#ActionPlan"
    AssignmentStatus: Final = "https://w3id.org/sankofa/ontology#AssignmentStatus"
    Assumption: Final = "https://w3id.org/sankofa/ontology#Assumption"
    Audience: Final = "https://w3id.org/sankofa/ontology#Audience"
    Challenge: Final = "https://w3id.org/sankofa/ontology#Challenge"
    Channel: Final = "https://w3id.org/sankofa/ontology#Channel"
    City: Final = "https://w3id.org/sankofa/ontology#City"
    Country: Final = "https://w3id.org/sankofa/ontology#Country"
    Entity: Final = "https://w3id.org/sankofa/ontology#Entity"
    Event: Final = "https://w3id.org/sankofa/ontology#Event"
    Experiment: Final = "https://w3id.org/sankofa/ontology#Experiment"
    Format: Final = "https://w3id.org/sankofa/ontology#Format"
    Indicator: Final = "https://w3id.org/sankofa/ontology#Indicator"
    Language: Final = "https://w3id.org/sankofa/ontology#Language"
    Lesson: Final = "https://w3id.org/sankofa/ontology#Lesson"
    Level: Final = "https://w3id.org/sankofa/ontology#Level"
    Licence: Final = "https://w3id.org/sankofa/ontology#Licence"
    LocalGroup: Final = "https://w3id.org/sankofa/ontology#LocalGroup"
    Measure: Final = "https://w3id.org/sankofa/ontology#Measure"
    Membership: Final = "https://w3id.org/sankofa/ontology#Membership"
    Method: Final = "https://w3id.org/sankofa/ontology#Method"
    Metric: Final = "https://w3id.org/sankofa/ontology#Metric"
    Nature: Final = "https://w3id.org/sankofa/ontology#Nature"
    Network: Final = "https://w3id.org/sankofa/ontology#Network"
    Organisation: Final = "https://w3id.org/sankofa/ontology#Organisation"
    Person: Final = "https://w3id.org/sankofa/ontology#Person"
    Phase: Final = "https://w3id.org/sankofa/ontology#Phase"
    Question: Final = "https://w3id.org/sankofa/ontology#Question"
    Record: Final = "https://w3id.org/sankofa/ontology#Record"
    Resource: Final = "https://w3id.org/sankofa/ontology#Resource"
    Role: Final = "https://w3id.org/sankofa/ontology#Role"
    Scope: Final = "https://w3id.org/sankofa/ontology#Scope"
    Status: Final = "https://w3id.org/sankofa/ontology#Status"
    Story: Final = "https://w3id.org/sankofa/ontology#Story"
    StrategyElement: Final = "https://w3id.org/sankofa/ontology#StrategyElement"
    StrategyPart: Final = "https://w3id.org/sankofa/ontology#StrategyPart"
    Theme: Final = "https://w3id.org/sankofa/ontology#Theme"
    ThemeAssignment: Final = "https://w3id.org/sankofa/ontology#ThemeAssignment"
    Tool: Final = "https://w3id.org/sankofa/ontology#Tool"
    Type: Final = "https://w3id.org/sankofa/ontology#Type"
    Unit: Final = "https://w3id.org/sankofa/ontology#Unit"
    action: Final = "https://w3id.org/sankofa/ontology#action"
    aims: Final = "https://w3id.org/sankofa/ontology#aims"
    appliesTo: Final = "https://w3id.org/sankofa/ontology#appliesTo"
    asCaptured: Final = "https://w3id.org/sankofa/ontology#asCaptured"
    askedBy: Final = "https://w3id.org/sankofa/ontology#askedBy"
    assignmentStatus: Final = "https://w3id.org/sankofa/ontology#assignmentStatus"
    assumption: Final = "https://w3id.org/sankofa/ontology#assumption"
    availability: Final = "https://w3id.org/sankofa/ontology#availability"
    base: Final = "https://w3id.org/sankofa/ontology#base"
    broaderTheme: Final = "https://w3id.org/sankofa/ontology#broaderTheme"
    captureDate: Final = "https://w3id.org/sankofa/ontology#captureDate"
    challenge: Final = "https://w3id.org/sankofa/ontology#challenge"
    channel: Final = "https://w3id.org/sankofa/ontology#channel"
    city: Final = "https://w3id.org/sankofa/ontology#city"
    consent: Final = "https://w3id.org/sankofa/ontology#consent"
    coordinator: Final = "https://w3id.org/sankofa/ontology#coordinator"
    cost: Final = "https://w3id.org/sankofa/ontology#cost"
    country: Final = "https://w3id.org/sankofa/ontology#country"
    dateNote: Final = "https://w3id.org/sankofa/ontology#dateNote"
    defaultLanguage: Final = "https://w3id.org/sankofa/ontology#defaultLanguage"
    defaultLicence: Final = "https://w3id.org/sankofa/ontology#defaultLicence"
    defaultStatus: Final = "https://w3id.org/sankofa/ontology#defaultStatus"
    denominator: Final = "https://w3id.org/sankofa/ontology#denominator"
    duration: Final = "https://w3id.org/sankofa/ontology#duration"
    embodiedBy: Final = "https://w3id.org/sankofa/ontology#embodiedBy"
    evidence: Final = "https://w3id.org/sankofa/ontology#evidence"
    focus: Final = "https://w3id.org/sankofa/ontology#focus"
    formatStatement: Final = "https://w3id.org/sankofa/ontology#formatStatement"
    funder: Final = "https://w3id.org/sankofa/ontology#funder"
    funding: Final = "https://w3id.org/sankofa/ontology#funding"
    identifierNote: Final = "https://w3id.org/sankofa/ontology#identifierNote"
    indicator: Final = "https://w3id.org/sankofa/ontology#indicator"
    inputs: Final = "https://w3id.org/sankofa/ontology#inputs"
    keyFacts: Final = "https://w3id.org/sankofa/ontology#keyFacts"
    lesson: Final = "https://w3id.org/sankofa/ontology#lesson"
    level: Final = "https://w3id.org/sankofa/ontology#level"
    localAuthorityStatement: Final = "https://w3id.org/sankofa/ontology#localAuthorityStatement"
    localGroup: Final = "https://w3id.org/sankofa/ontology#localGroup"
    localLead: Final = "https://w3id.org/sankofa/ontology#localLead"
    localLeadStatement: Final = "https://w3id.org/sankofa/ontology#localLeadStatement"
    manager: Final = "https://w3id.org/sankofa/ontology#manager"
    maximum: Final = "https://w3id.org/sankofa/ontology#maximum"
    measure: Final = "https://w3id.org/sankofa/ontology#measure"
    meetingRhythm: Final = "https://w3id.org/sankofa/ontology#meetingRhythm"
    method: Final = "https://w3id.org/sankofa/ontology#method"
    minimum: Final = "https://w3id.org/sankofa/ontology#minimum"
    monitoring: Final = "https://w3id.org/sankofa/ontology#monitoring"
    nature: Final = "https://w3id.org/sankofa/ontology#nature"
    nextStep: Final = "https://w3id.org/sankofa/ontology#nextStep"
    numerator: Final = "https://w3id.org/sankofa/ontology#numerator"
    observed: Final = "https://w3id.org/sankofa/ontology#observed"
    observedDate: Final = "https://w3id.org/sankofa/ontology#observedDate"
    officialLanguage: Final = "https://w3id.org/sankofa/ontology#officialLanguage"
    order: Final = "https://w3id.org/sankofa/ontology#order"
    organisation: Final = "https://w3id.org/sankofa/ontology#organisation"
    origin: Final = "https://w3id.org/sankofa/ontology#origin"
    otherLanguageVersion: Final = "https://w3id.org/sankofa/ontology#otherLanguageVersion"
    outputs: Final = "https://w3id.org/sankofa/ontology#outputs"
    participants: Final = "https://w3id.org/sankofa/ontology#participants"
    partner: Final = "https://w3id.org/sankofa/ontology#partner"
    period: Final = "https://w3id.org/sankofa/ontology#period"
    phase: Final = "https://w3id.org/sankofa/ontology#phase"
    place: Final = "https://w3id.org/sankofa/ontology#place"
    plannedEnd: Final = "https://w3id.org/sankofa/ontology#plannedEnd"
    plannedStart: Final = "https://w3id.org/sankofa/ontology#plannedStart"
    projectTitle: Final = "https://w3id.org/sankofa/ontology#projectTitle"
    publisherStatement: Final = "https://w3id.org/sankofa/ontology#publisherStatement"
    purpose: Final = "https://w3id.org/sankofa/ontology#purpose"
    reason: Final = "https://w3id.org/sankofa/ontology#reason"
    responsibility: Final = "https://w3id.org/sankofa/ontology#responsibility"
    risk: Final = "https://w3id.org/sankofa/ontology#risk"
    role: Final = "https://w3id.org/sankofa/ontology#role"
    scope: Final = "https://w3id.org/sankofa/ontology#scope"
    solution: Final = "https://w3id.org/sankofa/ontology#solution"
    status: Final = "https://w3id.org/sankofa/ontology#status"
    strategyPart: Final = "https://w3id.org/sankofa/ontology#strategyPart"
    tells: Final = "https://w3id.org/sankofa/ontology#tells"
    test: Final = "https://w3id.org/sankofa/ontology#test"
    theme: Final = "https://w3id.org/sankofa/ontology#theme"
    timing: Final = "https://w3id.org/sankofa/ontology#timing"
    tool: Final = "https://w3id.org/sankofa/ontology#tool"
    unit: Final = "https://w3id.org/sankofa/ontology#unit"
    validated: Final = "https://w3id.org/sankofa/ontology#validated"
    value: Final = "https://w3id.org/sankofa/ontology#value"
    vision: Final = "https://w3id.org/sankofa/ontology#vision"
    whenToUse: Final = "https://w3id.org/sankofa/ontology#whenToUse"
    workingLanguage: Final = "https://w3id.org/sankofa/ontology#workingLanguage"


class VOC:
    """The vocabularies that any network shares."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/"
    assignment_status: Final = "https://w3id.org/sankofa/vocabulary/assignment-status"
    audience: Final = "https://w3id.org/sankofa/vocabulary/audience"
    channel: Final = "https://w3id.org/sankofa/vocabulary/channel"
    country: Final = "https://w3id.org/sankofa/vocabulary/country"
    format: Final = "https://w3id.org/sankofa/vocabulary/format"
    language: Final = "https://w3id.org/sankofa/vocabulary/language"
    level: Final = "https://w3id.org/sankofa/vocabulary/level"
    licence: Final = "https://w3id.org/sankofa/vocabulary/licence"
    metric: Final = "https://w3id.org/sankofa/vocabulary/metric"
    nature: Final = "https://w3id.org/sankofa/vocabulary/nature"
    scope: Final = "https://w3id.org/sankofa/vocabulary/scope"
    status: Final = "https://w3id.org/sankofa/vocabulary/status"
    strategy_part: Final = "https://w3id.org/sankofa/vocabulary/strategy-part"
    unit: Final = "https://w3id.org/sankofa/vocabulary/unit"


class ASSIGNMENT_STATUS:
    """The concepts of the vocabulary assignment-status."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/assignment-status/"
    adopted: Final = "https://w3id.org/sankofa/vocabulary/assignment-status/adopted"
    considered: Final = "https://w3id.org/sankofa/vocabulary/assignment-status/considered"
    dropped: Final = "https://w3id.org/sankofa/vocabulary/assignment-status/dropped"


class AUDIENCE:
    """The concepts of the vocabulary audience."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/audience/"
    academia: Final = "https://w3id.org/sankofa/vocabulary/audience/academia"
    city_networks: Final = "https://w3id.org/sankofa/vocabulary/audience/city-networks"
    city_officers: Final = "https://w3id.org/sankofa/vocabulary/audience/city-officers"
    civil_society: Final = "https://w3id.org/sankofa/vocabulary/audience/civil-society"
    elected_representatives: Final = "https://w3id.org/sankofa/vocabulary/audience/elected-representatives"
    experts: Final = "https://w3id.org/sankofa/vocabulary/audience/experts"
    funders: Final = "https://w3id.org/sankofa/vocabulary/audience/funders"
    general_public: Final = "https://w3id.org/sankofa/vocabulary/audience/general-public"
    international_organisations: Final = "https://w3id.org/sankofa/vocabulary/audience/international-organisations"
    local_groups: Final = "https://w3id.org/sankofa/vocabulary/audience/local-groups"
    media: Final = "https://w3id.org/sankofa/vocabulary/audience/media"
    member_cities: Final = "https://w3id.org/sankofa/vocabulary/audience/member-cities"
    national_authorities: Final = "https://w3id.org/sankofa/vocabulary/audience/national-authorities"
    other_cities: Final = "https://w3id.org/sankofa/vocabulary/audience/other-cities"
    private_sector: Final = "https://w3id.org/sankofa/vocabulary/audience/private-sector"
    residents: Final = "https://w3id.org/sankofa/vocabulary/audience/residents"


class CHANNEL:
    """The concepts of the vocabulary channel."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/channel/"
    blog: Final = "https://w3id.org/sankofa/vocabulary/channel/blog"
    city_website: Final = "https://w3id.org/sankofa/vocabulary/channel/city-website"
    community_meeting: Final = "https://w3id.org/sankofa/vocabulary/channel/community-meeting"
    email: Final = "https://w3id.org/sankofa/vocabulary/channel/email"
    intranet: Final = "https://w3id.org/sankofa/vocabulary/channel/intranet"
    journal: Final = "https://w3id.org/sankofa/vocabulary/channel/journal"
    knowledge_site: Final = "https://w3id.org/sankofa/vocabulary/channel/knowledge-site"
    meeting: Final = "https://w3id.org/sankofa/vocabulary/channel/meeting"
    messaging_group: Final = "https://w3id.org/sankofa/vocabulary/channel/messaging-group"
    network_website: Final = "https://w3id.org/sankofa/vocabulary/channel/network-website"
    online_meeting: Final = "https://w3id.org/sankofa/vocabulary/channel/online-meeting"
    open_data: Final = "https://w3id.org/sankofa/vocabulary/channel/open-data"
    partner_website: Final = "https://w3id.org/sankofa/vocabulary/channel/partner-website"
    press: Final = "https://w3id.org/sankofa/vocabulary/channel/press"
    print: Final = "https://w3id.org/sankofa/vocabulary/channel/print"
    radio: Final = "https://w3id.org/sankofa/vocabulary/channel/radio"
    social_media: Final = "https://w3id.org/sankofa/vocabulary/channel/social-media"
    television: Final = "https://w3id.org/sankofa/vocabulary/channel/television"
    town_crier: Final = "https://w3id.org/sankofa/vocabulary/channel/town-crier"
    video_platform: Final = "https://w3id.org/sankofa/vocabulary/channel/video-platform"


class FORMAT:
    """The concepts of the vocabulary format."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/format/"
    announcement: Final = "https://w3id.org/sankofa/vocabulary/format/announcement"
    article: Final = "https://w3id.org/sankofa/vocabulary/format/article"
    blog_article: Final = "https://w3id.org/sankofa/vocabulary/format/blog-article"
    brief: Final = "https://w3id.org/sankofa/vocabulary/format/brief"
    case_study: Final = "https://w3id.org/sankofa/vocabulary/format/case-study"
    catalogue_entry: Final = "https://w3id.org/sankofa/vocabulary/format/catalogue-entry"
    dataset: Final = "https://w3id.org/sankofa/vocabulary/format/dataset"
    event: Final = "https://w3id.org/sankofa/vocabulary/format/event"
    exhibition: Final = "https://w3id.org/sankofa/vocabulary/format/exhibition"
    guide: Final = "https://w3id.org/sankofa/vocabulary/format/guide"
    handbook: Final = "https://w3id.org/sankofa/vocabulary/format/handbook"
    infographic: Final = "https://w3id.org/sankofa/vocabulary/format/infographic"
    interview: Final = "https://w3id.org/sankofa/vocabulary/format/interview"
    journal_article: Final = "https://w3id.org/sankofa/vocabulary/format/journal-article"
    map: Final = "https://w3id.org/sankofa/vocabulary/format/map"
    news_item: Final = "https://w3id.org/sankofa/vocabulary/format/news-item"
    newsletter: Final = "https://w3id.org/sankofa/vocabulary/format/newsletter"
    photo_report: Final = "https://w3id.org/sankofa/vocabulary/format/photo-report"
    podcast: Final = "https://w3id.org/sankofa/vocabulary/format/podcast"
    poster: Final = "https://w3id.org/sankofa/vocabulary/format/poster"
    presentation: Final = "https://w3id.org/sankofa/vocabulary/format/presentation"
    press_article: Final = "https://w3id.org/sankofa/vocabulary/format/press-article"
    press_interview: Final = "https://w3id.org/sankofa/vocabulary/format/press-interview"
    press_release: Final = "https://w3id.org/sankofa/vocabulary/format/press-release"
    report: Final = "https://w3id.org/sankofa/vocabulary/format/report"
    social_post: Final = "https://w3id.org/sankofa/vocabulary/format/social-post"
    video: Final = "https://w3id.org/sankofa/vocabulary/format/video"
    web_page: Final = "https://w3id.org/sankofa/vocabulary/format/web-page"
    webinar: Final = "https://w3id.org/sankofa/vocabulary/format/webinar"
    webinar_report: Final = "https://w3id.org/sankofa/vocabulary/format/webinar-report"
    workshop: Final = "https://w3id.org/sankofa/vocabulary/format/workshop"


class LEVEL:
    """The concepts of the vocabulary level."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/level/"
    draft: Final = "https://w3id.org/sankofa/vocabulary/level/draft"
    exemplary: Final = "https://w3id.org/sankofa/vocabulary/level/exemplary"
    publishable: Final = "https://w3id.org/sankofa/vocabulary/level/publishable"


class METRIC:
    """The concepts of the vocabulary metric."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/metric/"
    draft: Final = "https://w3id.org/sankofa/vocabulary/metric/draft"
    exemplary: Final = "https://w3id.org/sankofa/vocabulary/metric/exemplary"
    fields: Final = "https://w3id.org/sankofa/vocabulary/metric/fields"
    publishable: Final = "https://w3id.org/sankofa/vocabulary/metric/publishable"
    record_draft: Final = "https://w3id.org/sankofa/vocabulary/metric/record-draft"
    record_exemplary: Final = "https://w3id.org/sankofa/vocabulary/metric/record-exemplary"
    record_fields: Final = "https://w3id.org/sankofa/vocabulary/metric/record-fields"
    record_publishable: Final = "https://w3id.org/sankofa/vocabulary/metric/record-publishable"
    texts: Final = "https://w3id.org/sankofa/vocabulary/metric/texts"


class NATURE:
    """The concepts of the vocabulary nature."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/nature/"
    baseline: Final = "https://w3id.org/sankofa/vocabulary/nature/baseline"
    context: Final = "https://w3id.org/sankofa/vocabulary/nature/context"
    forecast: Final = "https://w3id.org/sankofa/vocabulary/nature/forecast"
    input: Final = "https://w3id.org/sankofa/vocabulary/nature/input"
    result: Final = "https://w3id.org/sankofa/vocabulary/nature/result"


class SCOPE:
    """The concepts of the vocabulary scope."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/scope/"
    city: Final = "https://w3id.org/sankofa/vocabulary/scope/city"
    cluster: Final = "https://w3id.org/sankofa/vocabulary/scope/cluster"
    context: Final = "https://w3id.org/sankofa/vocabulary/scope/context"
    network: Final = "https://w3id.org/sankofa/vocabulary/scope/network"


class STATUS:
    """The concepts of the vocabulary status."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/status/"
    draft: Final = "https://w3id.org/sankofa/vocabulary/status/draft"
    published: Final = "https://w3id.org/sankofa/vocabulary/status/published"
    returned: Final = "https://w3id.org/sankofa/vocabulary/status/returned"
    submitted: Final = "https://w3id.org/sankofa/vocabulary/status/submitted"
    withdrawn: Final = "https://w3id.org/sankofa/vocabulary/status/withdrawn"


class STRATEGY_PART:
    """The concepts of the vocabulary strategy-part."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/strategy-part/"
    calendar_roles_resources: Final = "https://w3id.org/sankofa/vocabulary/strategy-part/calendar-roles-resources"
    how_to_capture: Final = "https://w3id.org/sankofa/vocabulary/strategy-part/how-to-capture"
    sharing: Final = "https://w3id.org/sankofa/vocabulary/strategy-part/sharing"
    what_to_capture: Final = "https://w3id.org/sankofa/vocabulary/strategy-part/what-to-capture"


class UNIT:
    """The concepts of the vocabulary unit."""

    ns: Final = "https://w3id.org/sankofa/vocabulary/unit/"
    accidents: Final = "https://w3id.org/sankofa/vocabulary/unit/accidents"
    cities: Final = "https://w3id.org/sankofa/vocabulary/unit/cities"
    days: Final = "https://w3id.org/sankofa/vocabulary/unit/days"
    deaths: Final = "https://w3id.org/sankofa/vocabulary/unit/deaths"
    devices: Final = "https://w3id.org/sankofa/vocabulary/unit/devices"
    disputes: Final = "https://w3id.org/sankofa/vocabulary/unit/disputes"
    dwellings: Final = "https://w3id.org/sankofa/vocabulary/unit/dwellings"
    eur: Final = "https://w3id.org/sankofa/vocabulary/unit/eur"
    eur_per_day: Final = "https://w3id.org/sankofa/vocabulary/unit/eur-per-day"
    experiments: Final = "https://w3id.org/sankofa/vocabulary/unit/experiments"
    ghs: Final = "https://w3id.org/sankofa/vocabulary/unit/ghs"
    hours: Final = "https://w3id.org/sankofa/vocabulary/unit/hours"
    inhabitants_per_square_kilometre: Final = (
        "https://w3id.org/sankofa/vocabulary/unit/inhabitants-per-square-kilometre"
    )
    institutions: Final = "https://w3id.org/sankofa/vocabulary/unit/institutions"
    interviews: Final = "https://w3id.org/sankofa/vocabulary/unit/interviews"
    kilometres: Final = "https://w3id.org/sankofa/vocabulary/unit/kilometres"
    kilometres_per_hour: Final = "https://w3id.org/sankofa/vocabulary/unit/kilometres-per-hour"
    mad: Final = "https://w3id.org/sankofa/vocabulary/unit/mad"
    meetings: Final = "https://w3id.org/sankofa/vocabulary/unit/meetings"
    minutes: Final = "https://w3id.org/sankofa/vocabulary/unit/minutes"
    months: Final = "https://w3id.org/sankofa/vocabulary/unit/months"
    mru: Final = "https://w3id.org/sankofa/vocabulary/unit/mru"
    mzn: Final = "https://w3id.org/sankofa/vocabulary/unit/mzn"
    ngn: Final = "https://w3id.org/sankofa/vocabulary/unit/ngn"
    pages: Final = "https://w3id.org/sankofa/vocabulary/unit/pages"
    people: Final = "https://w3id.org/sankofa/vocabulary/unit/people"
    per_cent: Final = "https://w3id.org/sankofa/vocabulary/unit/per-cent"
    plans: Final = "https://w3id.org/sankofa/vocabulary/unit/plans"
    rwf: Final = "https://w3id.org/sankofa/vocabulary/unit/rwf"
    services: Final = "https://w3id.org/sankofa/vocabulary/unit/services"
    square_kilometres: Final = "https://w3id.org/sankofa/vocabulary/unit/square-kilometres"
    streets: Final = "https://w3id.org/sankofa/vocabulary/unit/streets"
    times: Final = "https://w3id.org/sankofa/vocabulary/unit/times"
    tnd: Final = "https://w3id.org/sankofa/vocabulary/unit/tnd"
    ugx: Final = "https://w3id.org/sankofa/vocabulary/unit/ugx"
    usd: Final = "https://w3id.org/sankofa/vocabulary/unit/usd"
    vehicles: Final = "https://w3id.org/sankofa/vocabulary/unit/vehicles"
    visits: Final = "https://w3id.org/sankofa/vocabulary/unit/visits"
    weeks: Final = "https://w3id.org/sankofa/vocabulary/unit/weeks"
    xof: Final = "https://w3id.org/sankofa/vocabulary/unit/xof"
    years: Final = "https://w3id.org/sankofa/vocabulary/unit/years"


class ADMS:
    """What we use of http://www.w3.org/ns/adms#"""

    ns: Final = "http://www.w3.org/ns/adms#"
    status: Final = "http://www.w3.org/ns/adms#status"


class BIBO:
    """What we use of http://purl.org/ontology/bibo/"""

    ns: Final = "http://purl.org/ontology/bibo/"
    Article: Final = "http://purl.org/ontology/bibo/Article"
    Document: Final = "http://purl.org/ontology/bibo/Document"
    status: Final = "http://purl.org/ontology/bibo/status"
    status_draft: Final = "http://purl.org/ontology/bibo/status/draft"


class CC:
    """What we use of http://creativecommons.org/ns#"""

    ns: Final = "http://creativecommons.org/ns#"


class DCAT:
    """What we use of http://www.w3.org/ns/dcat#"""

    ns: Final = "http://www.w3.org/ns/dcat#"
    Catalog: Final = "http://www.w3.org/ns/dcat#Catalog"
    DataService: Final = "http://www.w3.org/ns/dcat#DataService"
    Dataset: Final = "http://www.w3.org/ns/dcat#Dataset"
    Distribution: Final = "http://www.w3.org/ns/dcat#Distribution"
    accessURL: Final = "http://www.w3.org/ns/dcat#accessURL"
    byteSize: Final = "http://www.w3.org/ns/dcat#byteSize"
    compressFormat: Final = "http://www.w3.org/ns/dcat#compressFormat"
    dataset: Final = "http://www.w3.org/ns/dcat#dataset"
    distribution: Final = "http://www.w3.org/ns/dcat#distribution"
    downloadURL: Final = "http://www.w3.org/ns/dcat#downloadURL"
    endpointURL: Final = "http://www.w3.org/ns/dcat#endpointURL"
    landingPage: Final = "http://www.w3.org/ns/dcat#landingPage"
    mediaType: Final = "http://www.w3.org/ns/dcat#mediaType"
    servesDataset: Final = "http://www.w3.org/ns/dcat#servesDataset"
    service: Final = "http://www.w3.org/ns/dcat#service"
    version: Final = "http://www.w3.org/ns/dcat#version"


class DCTERMS:
    """What we use of http://purl.org/dc/terms/"""

    ns: Final = "http://purl.org/dc/terms/"
    AgentClass: Final = "http://purl.org/dc/terms/AgentClass"
    LicenseDocument: Final = "http://purl.org/dc/terms/LicenseDocument"
    LinguisticSystem: Final = "http://purl.org/dc/terms/LinguisticSystem"
    Location: Final = "http://purl.org/dc/terms/Location"
    MediaTypeOrExtent: Final = "http://purl.org/dc/terms/MediaTypeOrExtent"
    abstract: Final = "http://purl.org/dc/terms/abstract"
    alternative: Final = "http://purl.org/dc/terms/alternative"
    audience: Final = "http://purl.org/dc/terms/audience"
    bibliographicCitation: Final = "http://purl.org/dc/terms/bibliographicCitation"
    conformsTo: Final = "http://purl.org/dc/terms/conformsTo"
    contributor: Final = "http://purl.org/dc/terms/contributor"
    created: Final = "http://purl.org/dc/terms/created"
    creator: Final = "http://purl.org/dc/terms/creator"
    description: Final = "http://purl.org/dc/terms/description"
    format: Final = "http://purl.org/dc/terms/format"
    hasPart: Final = "http://purl.org/dc/terms/hasPart"
    identifier: Final = "http://purl.org/dc/terms/identifier"
    isPartOf: Final = "http://purl.org/dc/terms/isPartOf"
    isReplacedBy: Final = "http://purl.org/dc/terms/isReplacedBy"
    issued: Final = "http://purl.org/dc/terms/issued"
    language: Final = "http://purl.org/dc/terms/language"
    license: Final = "http://purl.org/dc/terms/license"
    modified: Final = "http://purl.org/dc/terms/modified"
    publisher: Final = "http://purl.org/dc/terms/publisher"
    relation: Final = "http://purl.org/dc/terms/relation"
    rights: Final = "http://purl.org/dc/terms/rights"
    source: Final = "http://purl.org/dc/terms/source"
    spatial: Final = "http://purl.org/dc/terms/spatial"
    subject: Final = "http://purl.org/dc/terms/subject"
    title: Final = "http://purl.org/dc/terms/title"
    type: Final = "http://purl.org/dc/terms/type"


class DQV:
    """What we use of http://www.w3.org/ns/dqv#"""

    ns: Final = "http://www.w3.org/ns/dqv#"
    Dimension: Final = "http://www.w3.org/ns/dqv#Dimension"
    Metric: Final = "http://www.w3.org/ns/dqv#Metric"
    QualityMeasurement: Final = "http://www.w3.org/ns/dqv#QualityMeasurement"
    QualityMeasurementDataset: Final = "http://www.w3.org/ns/dqv#QualityMeasurementDataset"
    computedOn: Final = "http://www.w3.org/ns/dqv#computedOn"
    expectedDataType: Final = "http://www.w3.org/ns/dqv#expectedDataType"
    inCategory: Final = "http://www.w3.org/ns/dqv#inCategory"
    inDimension: Final = "http://www.w3.org/ns/dqv#inDimension"
    isMeasurementOf: Final = "http://www.w3.org/ns/dqv#isMeasurementOf"
    value: Final = "http://www.w3.org/ns/dqv#value"


class FOAF:
    """What we use of http://xmlns.com/foaf/0.1/"""

    ns: Final = "http://xmlns.com/foaf/0.1/"
    Document: Final = "http://xmlns.com/foaf/0.1/Document"
    Group: Final = "http://xmlns.com/foaf/0.1/Group"
    Organization: Final = "http://xmlns.com/foaf/0.1/Organization"
    Person: Final = "http://xmlns.com/foaf/0.1/Person"
    Project: Final = "http://xmlns.com/foaf/0.1/Project"
    homepage: Final = "http://xmlns.com/foaf/0.1/homepage"
    logo: Final = "http://xmlns.com/foaf/0.1/logo"
    name: Final = "http://xmlns.com/foaf/0.1/name"
    page: Final = "http://xmlns.com/foaf/0.1/page"
    primaryTopic: Final = "http://xmlns.com/foaf/0.1/primaryTopic"


class GEO:
    """What we use of http://www.w3.org/2003/01/geo/wgs84_pos#"""

    ns: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#"
    lat: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#lat"
    long: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#long"


class LDQD:
    """What we use of http://www.w3.org/2016/05/ldqd#"""

    ns: Final = "http://www.w3.org/2016/05/ldqd#"
    completeness: Final = "http://www.w3.org/2016/05/ldqd#completeness"
    intrinsicDimensions: Final = "http://www.w3.org/2016/05/ldqd#intrinsicDimensions"


class ORG:
    """What we use of http://www.w3.org/ns/org#"""

    ns: Final = "http://www.w3.org/ns/org#"
    Membership: Final = "http://www.w3.org/ns/org#Membership"
    Organization: Final = "http://www.w3.org/ns/org#Organization"
    OrganizationalCollaboration: Final = "http://www.w3.org/ns/org#OrganizationalCollaboration"
    OrganizationalUnit: Final = "http://www.w3.org/ns/org#OrganizationalUnit"
    Role: Final = "http://www.w3.org/ns/org#Role"
    hasMember: Final = "http://www.w3.org/ns/org#hasMember"
    member: Final = "http://www.w3.org/ns/org#member"
    organization: Final = "http://www.w3.org/ns/org#organization"
    purpose: Final = "http://www.w3.org/ns/org#purpose"
    role: Final = "http://www.w3.org/ns/org#role"


class OWL:
    """What we use of http://www.w3.org/2002/07/owl#"""

    ns: Final = "http://www.w3.org/2002/07/owl#"
    Class: Final = "http://www.w3.org/2002/07/owl#Class"
    DatatypeProperty: Final = "http://www.w3.org/2002/07/owl#DatatypeProperty"
    FunctionalProperty: Final = "http://www.w3.org/2002/07/owl#FunctionalProperty"
    InverseFunctionalProperty: Final = "http://www.w3.org/2002/07/owl#InverseFunctionalProperty"
    Nothing: Final = "http://www.w3.org/2002/07/owl#Nothing"
    ObjectProperty: Final = "http://www.w3.org/2002/07/owl#ObjectProperty"
    Ontology: Final = "http://www.w3.org/2002/07/owl#Ontology"
    SymmetricProperty: Final = "http://www.w3.org/2002/07/owl#SymmetricProperty"
    Thing: Final = "http://www.w3.org/2002/07/owl#Thing"
    TransitiveProperty: Final = "http://www.w3.org/2002/07/owl#TransitiveProperty"
    deprecated: Final = "http://www.w3.org/2002/07/owl#deprecated"
    equivalentClass: Final = "http://www.w3.org/2002/07/owl#equivalentClass"
    equivalentProperty: Final = "http://www.w3.org/2002/07/owl#equivalentProperty"
    inverseOf: Final = "http://www.w3.org/2002/07/owl#inverseOf"
    propertyChainAxiom: Final = "http://www.w3.org/2002/07/owl#propertyChainAxiom"
    versionIRI: Final = "http://www.w3.org/2002/07/owl#versionIRI"
    versionInfo: Final = "http://www.w3.org/2002/07/owl#versionInfo"


class PPLAN:
    """What we use of http://purl.org/net/p-plan#"""

    ns: Final = "http://purl.org/net/p-plan#"
    Activity: Final = "http://purl.org/net/p-plan#Activity"
    Plan: Final = "http://purl.org/net/p-plan#Plan"
    Step: Final = "http://purl.org/net/p-plan#Step"


class PROV:
    """What we use of http://www.w3.org/ns/prov#"""

    ns: Final = "http://www.w3.org/ns/prov#"
    Activity: Final = "http://www.w3.org/ns/prov#Activity"
    Plan: Final = "http://www.w3.org/ns/prov#Plan"
    invalidatedAtTime: Final = "http://www.w3.org/ns/prov#invalidatedAtTime"
    wasAssociatedWith: Final = "http://www.w3.org/ns/prov#wasAssociatedWith"
    wasAttributedTo: Final = "http://www.w3.org/ns/prov#wasAttributedTo"
    wasInfluencedBy: Final = "http://www.w3.org/ns/prov#wasInfluencedBy"


class QB:
    """What we use of http://purl.org/linked-data/cube#"""

    ns: Final = "http://purl.org/linked-data/cube#"
    ComponentSpecification: Final = "http://purl.org/linked-data/cube#ComponentSpecification"
    DataStructureDefinition: Final = "http://purl.org/linked-data/cube#DataStructureDefinition"
    Observation: Final = "http://purl.org/linked-data/cube#Observation"
    attribute: Final = "http://purl.org/linked-data/cube#attribute"
    component: Final = "http://purl.org/linked-data/cube#component"
    componentRequired: Final = "http://purl.org/linked-data/cube#componentRequired"
    dataSet: Final = "http://purl.org/linked-data/cube#dataSet"
    dimension: Final = "http://purl.org/linked-data/cube#dimension"
    measure: Final = "http://purl.org/linked-data/cube#measure"
    structure: Final = "http://purl.org/linked-data/cube#structure"


class RDF:
    """What we use of http://www.w3.org/1999/02/22-rdf-syntax-ns#"""

    ns: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    first: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first"
    langString: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    nil: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"
    rest: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
    type: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class RDFS:
    """What we use of http://www.w3.org/2000/01/rdf-schema#"""

    ns: Final = "http://www.w3.org/2000/01/rdf-schema#"
    Datatype: Final = "http://www.w3.org/2000/01/rdf-schema#Datatype"
    Literal: Final = "http://www.w3.org/2000/01/rdf-schema#Literal"
    Resource: Final = "http://www.w3.org/2000/01/rdf-schema#Resource"
    comment: Final = "http://www.w3.org/2000/01/rdf-schema#comment"
    domain: Final = "http://www.w3.org/2000/01/rdf-schema#domain"
    isDefinedBy: Final = "http://www.w3.org/2000/01/rdf-schema#isDefinedBy"
    label: Final = "http://www.w3.org/2000/01/rdf-schema#label"
    range: Final = "http://www.w3.org/2000/01/rdf-schema#range"
    subClassOf: Final = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
    subPropertyOf: Final = "http://www.w3.org/2000/01/rdf-schema#subPropertyOf"


class SCHEMA:
    """What we use of https://schema.org/"""

    ns: Final = "https://schema.org/"
    Article: Final = "https://schema.org/Article"
    City: Final = "https://schema.org/City"
    Country: Final = "https://schema.org/Country"
    CreativeWork: Final = "https://schema.org/CreativeWork"
    DataCatalog: Final = "https://schema.org/DataCatalog"
    DataDownload: Final = "https://schema.org/DataDownload"
    Dataset: Final = "https://schema.org/Dataset"
    Event: Final = "https://schema.org/Event"
    HowTo: Final = "https://schema.org/HowTo"
    HowToTool: Final = "https://schema.org/HowToTool"
    Observation: Final = "https://schema.org/Observation"
    Organization: Final = "https://schema.org/Organization"
    Person: Final = "https://schema.org/Person"
    Project: Final = "https://schema.org/Project"
    PropertyValue: Final = "https://schema.org/PropertyValue"
    Question: Final = "https://schema.org/Question"
    about: Final = "https://schema.org/about"
    additionalProperty: Final = "https://schema.org/additionalProperty"
    addressCountry: Final = "https://schema.org/addressCountry"
    contentSize: Final = "https://schema.org/contentSize"
    contentUrl: Final = "https://schema.org/contentUrl"
    dataset: Final = "https://schema.org/dataset"
    dateModified: Final = "https://schema.org/dateModified"
    description: Final = "https://schema.org/description"
    distribution: Final = "https://schema.org/distribution"
    domainIncludes: Final = "https://schema.org/domainIncludes"
    encodingFormat: Final = "https://schema.org/encodingFormat"
    endDate: Final = "https://schema.org/endDate"
    funder: Final = "https://schema.org/funder"
    keywords: Final = "https://schema.org/keywords"
    license: Final = "https://schema.org/license"
    location: Final = "https://schema.org/location"
    maxValue: Final = "https://schema.org/maxValue"
    minValue: Final = "https://schema.org/minValue"
    name: Final = "https://schema.org/name"
    position: Final = "https://schema.org/position"
    propertyID: Final = "https://schema.org/propertyID"
    publisher: Final = "https://schema.org/publisher"
    rangeIncludes: Final = "https://schema.org/rangeIncludes"
    sha256: Final = "https://schema.org/sha256"
    startDate: Final = "https://schema.org/startDate"
    target: Final = "https://schema.org/target"
    tool: Final = "https://schema.org/tool"
    totalTime: Final = "https://schema.org/totalTime"
    unitCode: Final = "https://schema.org/unitCode"
    value: Final = "https://schema.org/value"
    variableMeasured: Final = "https://schema.org/variableMeasured"
    version: Final = "https://schema.org/version"
    workTranslation: Final = "https://schema.org/workTranslation"


class SH:
    """What we use of http://www.w3.org/ns/shacl#"""

    ns: Final = "http://www.w3.org/ns/shacl#"
    AndConstraintComponent: Final = "http://www.w3.org/ns/shacl#AndConstraintComponent"
    ClassConstraintComponent: Final = "http://www.w3.org/ns/shacl#ClassConstraintComponent"
    ClosedConstraintComponent: Final = "http://www.w3.org/ns/shacl#ClosedConstraintComponent"
    DatatypeConstraintComponent: Final = "http://www.w3.org/ns/shacl#DatatypeConstraintComponent"
    DisjointConstraintComponent: Final = "http://www.w3.org/ns/shacl#DisjointConstraintComponent"
    EqualsConstraintComponent: Final = "http://www.w3.org/ns/shacl#EqualsConstraintComponent"
    HasValueConstraintComponent: Final = "http://www.w3.org/ns/shacl#HasValueConstraintComponent"
    IRI: Final = "http://www.w3.org/ns/shacl#IRI"
    InConstraintComponent: Final = "http://www.w3.org/ns/shacl#InConstraintComponent"
    Info: Final = "http://www.w3.org/ns/shacl#Info"
    LanguageInConstraintComponent: Final = "http://www.w3.org/ns/shacl#LanguageInConstraintComponent"
    LessThanConstraintComponent: Final = "http://www.w3.org/ns/shacl#LessThanConstraintComponent"
    LessThanOrEqualsConstraintComponent: Final = "http://www.w3.org/ns/shacl#LessThanOrEqualsConstraintComponent"
    Literal: Final = "http://www.w3.org/ns/shacl#Literal"
    MaxCountConstraintComponent: Final = "http://www.w3.org/ns/shacl#MaxCountConstraintComponent"
    MaxExclusiveConstraintComponent: Final = "http://www.w3.org/ns/shacl#MaxExclusiveConstraintComponent"
    MaxInclusiveConstraintComponent: Final = "http://www.w3.org/ns/shacl#MaxInclusiveConstraintComponent"
    MaxLengthConstraintComponent: Final = "http://www.w3.org/ns/shacl#MaxLengthConstraintComponent"
    MinCountConstraintComponent: Final = "http://www.w3.org/ns/shacl#MinCountConstraintComponent"
    MinExclusiveConstraintComponent: Final = "http://www.w3.org/ns/shacl#MinExclusiveConstraintComponent"
    MinInclusiveConstraintComponent: Final = "http://www.w3.org/ns/shacl#MinInclusiveConstraintComponent"
    MinLengthConstraintComponent: Final = "http://www.w3.org/ns/shacl#MinLengthConstraintComponent"
    NodeConstraintComponent: Final = "http://www.w3.org/ns/shacl#NodeConstraintComponent"
    NodeKindConstraintComponent: Final = "http://www.w3.org/ns/shacl#NodeKindConstraintComponent"
    NodeShape: Final = "http://www.w3.org/ns/shacl#NodeShape"
    NotConstraintComponent: Final = "http://www.w3.org/ns/shacl#NotConstraintComponent"
    OrConstraintComponent: Final = "http://www.w3.org/ns/shacl#OrConstraintComponent"
    PatternConstraintComponent: Final = "http://www.w3.org/ns/shacl#PatternConstraintComponent"
    PrefixDeclaration: Final = "http://www.w3.org/ns/shacl#PrefixDeclaration"
    PropertyShape: Final = "http://www.w3.org/ns/shacl#PropertyShape"
    QualifiedMaxCountConstraintComponent: Final = "http://www.w3.org/ns/shacl#QualifiedMaxCountConstraintComponent"
    QualifiedMinCountConstraintComponent: Final = "http://www.w3.org/ns/shacl#QualifiedMinCountConstraintComponent"
    SPARQLExecutable: Final = "http://www.w3.org/ns/shacl#SPARQLExecutable"
    SPARQLSelectExecutable: Final = "http://www.w3.org/ns/shacl#SPARQLSelectExecutable"
    UniqueLangConstraintComponent: Final = "http://www.w3.org/ns/shacl#UniqueLangConstraintComponent"
    Violation: Final = "http://www.w3.org/ns/shacl#Violation"
    Warning: Final = "http://www.w3.org/ns/shacl#Warning"
    XoneConstraintComponent: Final = "http://www.w3.org/ns/shacl#XoneConstraintComponent"
    alternativePath: Final = "http://www.w3.org/ns/shacl#alternativePath"
    class_: Final = "http://www.w3.org/ns/shacl#class"
    datatype: Final = "http://www.w3.org/ns/shacl#datatype"
    declare: Final = "http://www.w3.org/ns/shacl#declare"
    description: Final = "http://www.w3.org/ns/shacl#description"
    hasValue: Final = "http://www.w3.org/ns/shacl#hasValue"
    in_: Final = "http://www.w3.org/ns/shacl#in"
    inversePath: Final = "http://www.w3.org/ns/shacl#inversePath"
    languageIn: Final = "http://www.w3.org/ns/shacl#languageIn"
    lessThanOrEquals: Final = "http://www.w3.org/ns/shacl#lessThanOrEquals"
    maxCount: Final = "http://www.w3.org/ns/shacl#maxCount"
    maxInclusive: Final = "http://www.w3.org/ns/shacl#maxInclusive"
    message: Final = "http://www.w3.org/ns/shacl#message"
    minCount: Final = "http://www.w3.org/ns/shacl#minCount"
    minInclusive: Final = "http://www.w3.org/ns/shacl#minInclusive"
    minLength: Final = "http://www.w3.org/ns/shacl#minLength"
    name: Final = "http://www.w3.org/ns/shacl#name"
    namespace: Final = "http://www.w3.org/ns/shacl#namespace"
    nodeKind: Final = "http://www.w3.org/ns/shacl#nodeKind"
    or_: Final = "http://www.w3.org/ns/shacl#or"
    order: Final = "http://www.w3.org/ns/shacl#order"
    path: Final = "http://www.w3.org/ns/shacl#path"
    pattern: Final = "http://www.w3.org/ns/shacl#pattern"
    prefix: Final = "http://www.w3.org/ns/shacl#prefix"
    property: Final = "http://www.w3.org/ns/shacl#property"
    select: Final = "http://www.w3.org/ns/shacl#select"
    severity: Final = "http://www.w3.org/ns/shacl#severity"
    targetClass: Final = "http://www.w3.org/ns/shacl#targetClass"
    targetSubjectsOf: Final = "http://www.w3.org/ns/shacl#targetSubjectsOf"
    uniqueLang: Final = "http://www.w3.org/ns/shacl#uniqueLang"
    zeroOrMorePath: Final = "http://www.w3.org/ns/shacl#zeroOrMorePath"
    zeroOrOnePath: Final = "http://www.w3.org/ns/shacl#zeroOrOnePath"


class SKOS:
    """What we use of http://www.w3.org/2004/02/skos/core#"""

    ns: Final = "http://www.w3.org/2004/02/skos/core#"
    Concept: Final = "http://www.w3.org/2004/02/skos/core#Concept"
    ConceptScheme: Final = "http://www.w3.org/2004/02/skos/core#ConceptScheme"
    altLabel: Final = "http://www.w3.org/2004/02/skos/core#altLabel"
    broader: Final = "http://www.w3.org/2004/02/skos/core#broader"
    broaderTransitive: Final = "http://www.w3.org/2004/02/skos/core#broaderTransitive"
    changeNote: Final = "http://www.w3.org/2004/02/skos/core#changeNote"
    closeMatch: Final = "http://www.w3.org/2004/02/skos/core#closeMatch"
    definition: Final = "http://www.w3.org/2004/02/skos/core#definition"
    exactMatch: Final = "http://www.w3.org/2004/02/skos/core#exactMatch"
    example: Final = "http://www.w3.org/2004/02/skos/core#example"
    inScheme: Final = "http://www.w3.org/2004/02/skos/core#inScheme"
    narrower: Final = "http://www.w3.org/2004/02/skos/core#narrower"
    notation: Final = "http://www.w3.org/2004/02/skos/core#notation"
    note: Final = "http://www.w3.org/2004/02/skos/core#note"
    prefLabel: Final = "http://www.w3.org/2004/02/skos/core#prefLabel"
    relatedMatch: Final = "http://www.w3.org/2004/02/skos/core#relatedMatch"
    scopeNote: Final = "http://www.w3.org/2004/02/skos/core#scopeNote"
    topConceptOf: Final = "http://www.w3.org/2004/02/skos/core#topConceptOf"


class TIME:
    """What we use of http://www.w3.org/2006/time#"""

    ns: Final = "http://www.w3.org/2006/time#"
    ProperInterval: Final = "http://www.w3.org/2006/time#ProperInterval"


class VANN:
    """What we use of http://purl.org/vocab/vann/"""

    ns: Final = "http://purl.org/vocab/vann/"
    preferredNamespacePrefix: Final = "http://purl.org/vocab/vann/preferredNamespacePrefix"
    preferredNamespaceUri: Final = "http://purl.org/vocab/vann/preferredNamespaceUri"


class VOID:
    """What we use of http://rdfs.org/ns/void#"""

    ns: Final = "http://rdfs.org/ns/void#"
    Dataset: Final = "http://rdfs.org/ns/void#Dataset"
    DatasetDescription: Final = "http://rdfs.org/ns/void#DatasetDescription"
    class_: Final = "http://rdfs.org/ns/void#class"
    classPartition: Final = "http://rdfs.org/ns/void#classPartition"
    classes: Final = "http://rdfs.org/ns/void#classes"
    dataDump: Final = "http://rdfs.org/ns/void#dataDump"
    distinctObjects: Final = "http://rdfs.org/ns/void#distinctObjects"
    distinctSubjects: Final = "http://rdfs.org/ns/void#distinctSubjects"
    entities: Final = "http://rdfs.org/ns/void#entities"
    exampleResource: Final = "http://rdfs.org/ns/void#exampleResource"
    feature: Final = "http://rdfs.org/ns/void#feature"
    inDataset: Final = "http://rdfs.org/ns/void#inDataset"
    properties: Final = "http://rdfs.org/ns/void#properties"
    property: Final = "http://rdfs.org/ns/void#property"
    propertyPartition: Final = "http://rdfs.org/ns/void#propertyPartition"
    rootResource: Final = "http://rdfs.org/ns/void#rootResource"
    sparqlEndpoint: Final = "http://rdfs.org/ns/void#sparqlEndpoint"
    subset: Final = "http://rdfs.org/ns/void#subset"
    triples: Final = "http://rdfs.org/ns/void#triples"
    uriSpace: Final = "http://rdfs.org/ns/void#uriSpace"
    vocabulary: Final = "http://rdfs.org/ns/void#vocabulary"


class XSD:
    """What we use of http://www.w3.org/2001/XMLSchema#"""

    ns: Final = "http://www.w3.org/2001/XMLSchema#"
    anyURI: Final = "http://www.w3.org/2001/XMLSchema#anyURI"
    boolean: Final = "http://www.w3.org/2001/XMLSchema#boolean"
    date: Final = "http://www.w3.org/2001/XMLSchema#date"
    dateTime: Final = "http://www.w3.org/2001/XMLSchema#dateTime"
    decimal: Final = "http://www.w3.org/2001/XMLSchema#decimal"
    gYear: Final = "http://www.w3.org/2001/XMLSchema#gYear"
    gYearMonth: Final = "http://www.w3.org/2001/XMLSchema#gYearMonth"
    integer: Final = "http://www.w3.org/2001/XMLSchema#integer"
    string: Final = "http://www.w3.org/2001/XMLSchema#string"
