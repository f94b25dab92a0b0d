"""The operations that are measured, as a client of the mobile feed sends them."""

CARD = """
fragment Card on Content {
  __typename
  id
  kind
  title
  summary
  tags
  publishedAt
  likeCount
  shareCount
  commentCount
  viewerHasLiked
  cover { id url(width: 640) width height alt }
  author { id name avatar { id url(width: 96) } }
  organization { id name }
}
"""

FEED = (
    CARD
    + """
query Page($first: Int = 20, $after: String, $kinds: [ContentKind!]) {
  feed(first: $first, after: $after, kinds: $kinds) {
    edges {
      cursor
      node {
        ...Card
        comments(first: 2) {
          edges { node { id body createdAt author { id name } } }
        }
        ... on MicroLecture { lecturer durationSeconds }
        ... on LiveStream { streamUrl startsAt state }
        ... on ShowcaseEntry { column { id title } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
)

DETAIL = (
    CARD
    + """
query Item($id: ID!) {
  node(id: $id) {
    ... on Content {
      ...Card
      bodyHtml
      viewerPermissions { canEdit canReview canPublish canComment canModerate }
      comments(first: 20) {
        edges {
          cursor
          node {
            id
            body
            createdAt
            author { id name avatar { id url(width: 96) } }
            replyTo { id }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
)

LIKE = """
mutation Like($id: ID!) {
  likeContent(input: { contentId: $id }) {
    content { id likeCount viewerHasLiked }
    errors { code message path }
  }
}
"""

SEARCH = """
query Search($query: String!) {
  search(query: $query, first: 20) {
    totalCount
    edges {
      cursor
      score
      highlights { field fragment ranges { start length } }
      node {
        __typename
        ... on Content { id kind title summary publishedAt }
        ... on RegulationArticle { id citation text isCurrent }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
